import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import * as z from "zod";
import { configJsonSchema } from "./json-schema.ts";

const docs = join(import.meta.dirname, "../../../../docs");

describe("the JSON Schema of the configuration", () => {
  it("is docs/sluice.schema.json", async () => {
    const text = `${JSON.stringify(configJsonSchema(), null, 2)}\n`;
    await expect(text).toMatchFileSnapshot(join(docs, "sluice.schema.json"));
  });

  const schema = z.fromJSONSchema(configJsonSchema());
  const places = (text: string) => {
    const { error } = schema.safeParse(parse(text));
    return (error?.issues ?? []).flatMap(placesOf).map((path) => path.join("."));
  };

  it("takes every setting of the example", () => {
    expect(
      schema.safeParse(parse(readFileSync(join(docs, "sluice.example.yaml"), "utf8"))).error?.issues,
    ).toBeUndefined();
  });

  it.each([
    ["rollouts: {}", ""],
    ["rollout: { bakee: 1m }", "rollout"],
    ["rollout: { bake: 60 }", "rollout.bake"],
    ["rollout: { keep: cold }", "rollout.keep"],
    ["preflight: { minFreeDisk: 1x }", "preflight.minFreeDisk"],
    ["promotion: {}", "promotion.stack"],
    ["services: { web: { port: 70000 } }", "services.web.port"],
    ["environments: { staging: { rollout: { bake: 60 } } }", "environments.staging.rollout.bake"],
  ])("finds the mistake in %s", (text, place) => {
    expect(places(text)).toEqual([place]);
  });

  it.each([
    ["preflight: { minFreeDisk: 1g }"],
    ["preflight: { minFreeDisk: 1073741824 }"],
    ["rollout: { steps: [5, { share: 50, for: 30s }, 100] }"],
    ["environments:"],
    ["environments: { staging: , production: {} }"],
    ["services: { web: , worker: {} }"],
    ["environments: { staging: { services: { web: } } }"],
    ["promotion: { stack: a }\nenvironments: { staging: { promotion: { minimumTime: 1h } } }"],
  ])("takes %s", (text) => {
    expect(places(text)).toEqual([]);
  });

  it("gives defaults as they are written in a file", () => {
    const defaults = new Map<string, unknown>();
    collect(configJsonSchema(), "", defaults);
    expect(defaults.get("rollout.bake")).toBe("1m");
    expect(defaults.get("analysis.minRequests")).toBe(50);
    expect(defaults.get("preflight.minFreeDisk")).toBe(1_073_741_824);
    for (const [place, value] of defaults) {
      const text = JSON.stringify(place.split(".").reduceRight<unknown>((inner, key) => ({ [key]: inner }), value));
      expect([text, places(text)]).toEqual([text, []]);
    }
  });
});

/** Of what may also be `null`: those in the map that it is. */
function placesOf(issue: z.core.$ZodIssue): readonly (readonly PropertyKey[])[] {
  const inner = issue.code === "invalid_union" ? issue.errors.flat().flatMap(placesOf) : [];
  const deeper = inner.filter((path) => path.length > 0);
  return deeper.length > 0 ? deeper.map((path) => [...issue.path, ...path]) : [issue.path];
}

/** Defaults of settings that stand in no list and under no free name. */
function collect(schema: z.core.JSONSchema.JSONSchema, at: string, into: Map<string, unknown>): void {
  if (schema.default !== undefined) into.set(at, schema.default);
  if (schema.required) return;
  for (const [key, inner] of Object.entries(schema.properties ?? {})) {
    if (typeof inner === "object") collect(inner, at === "" ? key : `${at}.${key}`, into);
  }
}

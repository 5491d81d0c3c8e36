import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import type * as z from "zod";
import { doorImage } from "./door-image.ts";
import { defaultConfig, parseConfig } from "./parse-config.ts";
import { configSchema } from "./schema.ts";

const path = join(import.meta.dirname, "../../../../docs/sluice.example.yaml");
const text = readFileSync(path, "utf8");

describe("the example configuration", () => {
  it("is valid, in each of its environments", () => {
    parseConfig(text, path);
    expect(parseConfig(text, path, "staging").rollout.steps).toEqual([{ share: 100, for: 0, approval: false }]);
  });

  it("shows every key there is", () => {
    const { environments, ...common } = parse(text) as { environments: Record<string, unknown> };
    const shown = new Set([common, ...Object.values(environments)].flatMap((part) => [...keysOfValue(part)]));
    expect(keysOfSchema(configSchema)).toContain("database.store.s3.bucket");
    expect(keysOfSchema(configSchema).filter((key) => !shown.has(key))).toEqual([]);
  });

  it("shows the defaults where it says so", () => {
    const {
      services: _services,
      checks: _checks,
      windows: _windows,
      notify,
      database,
      sentry: _sentry,
      analysis,
      github,
      traffic: { testers, image, proxyLabels, ...traffic },
      rollout: { minFreeMemory, ...rollout },
      ...rest
    } = parseConfig(text, path);
    const {
      services: _none,
      checks: _nothing,
      windows: _always,
      notify: silent,
      analysis: defaultAnalysis,
      github: defaultGithub,
      traffic: { proxyLabels: noOther, ...defaultTraffic },
      ...defaults
    } = defaultConfig();
    expect({ ...rest, traffic, rollout }).toEqual({ ...defaults, traffic: defaultTraffic });
    expect(noOther).toEqual([]);
    expect(proxyLabels).toEqual(["easyhaproxy."]);
    expect(minFreeMemory).toBeGreaterThan(0);
    expect(image).toBe(doorImage(defaultConfig()));
    expect(testers?.by).toBe("header");
    expect(github).toMatchObject(defaultGithub);
    expect({ ...notify, titles: {}, notes: {}, channels: {} }).toEqual(silent);
    expect(notify.channels["mail"]?.email).toMatchObject({ port: 587, tls: "starttls" });
    expect(database).toMatchObject(parseConfig("database: {}", path).database ?? {});
    expect({ ...analysis, errors: { maxIncrease: analysis.errors.maxIncrease } }).toEqual(defaultAnalysis);
  });
});

/** `rollout.steps[].share`, `services.*.role`, … */
function keysOfSchema(schema: z.core.$ZodType, prefix = ""): readonly string[] {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  if (def.type === "object") {
    return Object.entries(def.shape).flatMap(([key, inner]) => {
      const at = prefix === "" ? key : `${prefix}.${key}`;
      return [at, ...keysOfSchema(inner, at)];
    });
  }
  if (def.type === "record") return keysOfSchema(def.valueType, `${prefix}.*`);
  if (def.type === "array") return keysOfSchema(def.element, `${prefix}[]`);
  if (def.type === "union") return def.options.flatMap((option) => keysOfSchema(option, prefix));
  if (def.type === "lazy") return keysOfSchema(def.getter(), prefix);
  if (def.type === "pipe") return keysOfSchema(def.in, prefix);
  return "innerType" in def ? keysOfSchema(def.innerType, prefix) : [];
}

/** The same of a value; entries of maps with free names count as `*` too. */
function keysOfValue(value: unknown, prefix = ""): ReadonlySet<string> {
  if (Array.isArray(value)) return new Set(value.flatMap((item) => [...keysOfValue(item, `${prefix}[]`)]));
  if (typeof value !== "object" || value === null) return new Set();
  return new Set(
    Object.entries(value).flatMap(([key, inner]) =>
      [prefix === "" ? key : `${prefix}.${key}`, `${prefix}.*`].flatMap((at) => [at, ...keysOfValue(inner, at)]),
    ),
  );
}

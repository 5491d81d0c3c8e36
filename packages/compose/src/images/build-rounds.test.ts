import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ComposeModel } from "@sluice/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { allBuilt, beginningFrom, buildRounds, readBeginnings } from "./build-rounds.ts";

let context = "";
beforeAll(async () => {
  context = await mkdtemp(join(tmpdir(), "sluice-rounds-"));
  await writeFile(join(context, "Dockerfile"), "FROM shop-base\n");
});
afterAll(() => rm(context, { recursive: true, force: true }));

const inline = (text: string, rest: object = {}) => ({ build: { context, dockerfile_inline: text, ...rest } });
const modelOf = (services: ComposeModel["services"]): ComposeModel => ({ name: "shop", services });

describe("what builds begin from", () => {
  it("is found by the name of another service's image, in a file, in an argument, in a context", async () => {
    const model = modelOf({
      base: inline("FROM debian"),
      web: { build: { context } },
      api: inline("ARG FROM_IMAGE\nFROM $FROM_IMAGE\n", { args: { FROM_IMAGE: "shop-base:latest" } }),
      docs: inline("FROM tools", { additional_contexts: { tools: "docker-image://shop-base" } }),
      own: inline("FROM shop-own"),
      mine: inline("FROM shop-base", { additional_contexts: { "shop-base": "/somewhere" } }),
      db: { image: "postgres:17" },
    });
    expect(await readBeginnings(model)).toEqual({
      web: { "shop-base": "base" },
      api: { "shop-base:latest": "base" },
      docs: { tools: "base" },
    });
  });

  it("is nothing where a Dockerfile cannot be read, or is on another machine", async () => {
    const elsewhere = { build: { context: "https://github.com/acme/shop.git" } };
    const model = modelOf({ base: inline("FROM debian"), gone: { build: { context: "/nowhere" } }, elsewhere });
    expect(await readBeginnings(model)).toEqual({});
  });

  it("takes the place of its name in the build", () => {
    const model = modelOf({
      base: inline("FROM debian"),
      web: inline("FROM shop-base", { additional_contexts: { a: "/b" } }),
    });
    const { services } = beginningFrom(model, { web: { "shop-base": "base" } }, { base: "sluice/shop-base:now" });
    expect(services["web"]?.build).toMatchObject({
      additional_contexts: { a: "/b", "shop-base": "docker-image://sluice/shop-base:now" },
    });
    expect(services["base"]).toEqual(model.services["base"]);
  });
});

describe("rounds", () => {
  it("hold what is needed before those that need it, whatever lies between", () => {
    const model = modelOf({
      base: inline("FROM debian"),
      libs: inline("FROM shop-base"),
      web: inline("FROM libs", { additional_contexts: { libs: "service:libs" } }),
      api: inline("FROM debian:12"),
    });
    const beginnings = { libs: { "shop-base": "base" } };
    expect(allBuilt(model, ["web", "api"], beginnings)).toEqual(["web", "api", "libs", "base"]);
    const needs: Record<string, readonly string[]> = { web: ["base"], libs: ["base"] };
    expect(buildRounds(["web", "api", "libs", "base"], (name) => needs[name] ?? [])).toEqual([
      ["api", "base"],
      ["web", "libs"],
    ]);
  });

  it("come to an end where builds need each other", () => {
    const needs: Record<string, readonly string[]> = { a: ["b"], b: ["a"], c: ["a"] };
    expect(buildRounds(["a", "b", "c"], (name) => needs[name] ?? [])).toEqual([["a", "b", "c"]]);
  });
});

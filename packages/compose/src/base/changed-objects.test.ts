import type { ComposeModel } from "@sluice/core";
import { aService } from "@sluice/core/testing";
import { describe, expect, it } from "vitest";
import { withEnvFileValues } from "../model/env-file-values.ts";
import { changedObjects } from "./changed-objects.ts";

const services = [
  aService("edge", { role: "edge" }),
  aService("db", { role: "data" }),
  aService("web", { role: "web", strategy: "slots" }),
];

/** @param token what an env file sets, if one does */
function aModel(configs: ComposeModel["configs"], token?: string): ComposeModel {
  const use = { image: "nginx", configs: [{ source: "conf" }], secrets: [{ source: "token" }] };
  const model = {
    name: "shop",
    services: { edge: use, db: use, web: use },
    configs,
    secrets: { token: { environment: "TOKEN" } },
  };
  return withEnvFileValues(model, { TOKEN: token });
}

const inline = (content: string) => aModel({ conf: { content } });

it.each([
  ["another content", inline("of v1"), inline("of v2"), ["config conf"]],
  ["the same content", inline("of v1"), inline("of v1"), undefined],
  [
    "a file in the place of a content, which is none of this",
    inline("of v1"),
    aModel({ conf: { file: "/x" } }),
    undefined,
  ],
  [
    "another value in an env file",
    aModel({ conf: { environment: "CONF" } }, "a"),
    aModel({ conf: { environment: "CONF" } }, "rotated"),
    ["secret token"],
  ],
  ["a config that is new, which the definition tells", aModel({}), inline("of v2"), undefined],
])("a base service gets %s", (_name, before, after, edge) => {
  expect(changedObjects(before, after, services, {})).toEqual(edge ? { edge } : {});
});

describe("a value that moves between an env file and the environment of the deployer", () => {
  const [ofFile, ofEnvironment] = [aModel({}, "a"), aModel({})];

  it("is the same or another", () => {
    expect(changedObjects(ofFile, ofEnvironment, services, { TOKEN: "a" })).toEqual({});
    expect(changedObjects(ofFile, ofEnvironment, services, { TOKEN: "b" })).toEqual({ edge: ["secret token"] });
  });

  it("comes from the environment where both have it, as containers get it", () => {
    expect(changedObjects(ofFile, aModel({}, "b"), services, { TOKEN: "a" })).toEqual({});
  });

  it("is not known of a release that had it from the environment, or where nothing sets it", () => {
    expect(changedObjects(ofEnvironment, ofFile, services, {})).toEqual({});
    expect(changedObjects(ofFile, ofEnvironment, services, {})).toEqual({});
  });
});

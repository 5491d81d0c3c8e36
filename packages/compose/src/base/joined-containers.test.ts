import type { ComposeModel, ComposeService } from "@sluice/core";
import { describe, expect, it } from "vitest";
import { isJoined, joinedTo } from "./joined-containers.ts";

const containers = [
  ["side-2", "side", 2],
  ["side-1", "side", 1],
  ["other-1", "other", 1],
] as const;
const found = containers.map(([Id, service, number]) => ({
  Id,
  Labels: { "com.docker.compose.service": service, "com.docker.compose.container-number": String(number) },
}));

const modelOf = (app: ComposeService): ComposeModel => ({ name: "shop", services: { side: {}, app } });
const joined = (app: ComposeService) => joinedTo(modelOf(app), found).services["app"];

describe("a service that uses what another one has", () => {
  it.each([
    [{ network_mode: "service:side" }, { network_mode: "container:side-1" }],
    [
      { pid: "service:other", ipc: "shareable" },
      { pid: "container:other-1", ipc: "shareable" },
    ],
    [{ volumes_from: ["side:ro", "other", "container:disk:ro"] }, { volumes_from: ["side-1", "other-1", "disk"] }],
    [{ volumes_from: ["gone:ro"] }, { volumes_from: ["gone:ro"] }],
    [{ network_mode: "service:gone" }, { network_mode: "service:gone" }],
  ])("is hashed by Compose with its container: %o", (app, expected) => {
    expect(joined(app)).toEqual(expected);
    expect(isJoined(modelOf(app))).toBe(true);
  });

  it.each([{}, { network_mode: "host", ipc: "private", volumes_from: [] }])("is none: %o", (app) => {
    expect(isJoined(modelOf(app))).toBe(false);
  });
});

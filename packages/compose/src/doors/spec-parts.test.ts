import { doorSpec } from "@sluice/core";
import { aConfig, aService } from "@sluice/core/testing";
import { expect, it } from "vitest";
import type { SpecRequest } from "./spec-hash.ts";
import { differingParts, specParts } from "./spec-parts.ts";

const servers = { blue: ["10.0.0.2"], green: ["10.0.1.2"] };
const spec = doorSpec({ stack: "shop", service: aService("web"), config: aConfig(), servers, previewSecret: "s3cret" });
const ports = (published: string) => [{ target: 3000, published, protocol: "tcp" }];
const modelOf = (service: object): SpecRequest["model"] => ({
  name: "shop",
  services: { web: { image: "shop", ports: ports("8080"), ...service } },
});
const door: SpecRequest = { spec, image: "sluice/door:3.0", model: modelOf({}) };
const label = JSON.stringify(specParts(door));

it.each<[string, Partial<SpecRequest>, readonly string[]]>([
  ["nothing", {}, []],
  ["a published port", { model: modelOf({ ports: ports("8081") }) }, ["ports"]],
  ["a network", { model: modelOf({ networks: { front: null } }) }, ["networks"]],
  ["a label of a proxy", { model: modelOf({ labels: { "traefik.enable": "true" } }) }, ["labels"]],
  ["what the application expects", { spec: { ...spec, proxyProtocol: { in: false, out: true } } }, ["protocol"]],
  ["image and health path", { image: "other", spec: { ...spec, healthPath: "/up" } }, ["health path", "image"]],
  ["whom it asks", { spec: { ...spec, healthHost: "shop.test" } }, ["health path"]],
  ["a setting", { spec: { ...spec, drainTimeoutMs: 1 } }, ["settings"]],
  ["the secret of its preview", { spec: { ...spec, previewSecret: "another" } }, []],
])("of a door that differs in %s that is what changed", (_title, change, expected) => {
  expect(differingParts(label, specParts({ ...door, ...change }))).toEqual(expected);
});

it("of a door that does not tell, nothing is known", () => {
  const now = specParts({ ...door, image: "other" });
  for (const unread of [undefined, "", "[", "null", "7"]) expect(differingParts(unread, now)).toEqual([]);
});

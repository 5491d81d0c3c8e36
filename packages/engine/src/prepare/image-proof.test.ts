import { aBundle, aContainer, aService } from "@sluice/core/testing";
import { expect, it } from "vitest";
import { assertProven, proveImages } from "./image-proof.ts";

const id = (digit: string) => `sha256:${digit.repeat(64)}`;
const worker = aService("worker", { role: "worker" });
const services = [aService("web"), worker, aService("db", { role: "data" }), aService("migrate", { role: "job" })];
const shop = { ...aBundle("r1", { services }), tag: "v1", images: { web: id("a"), worker: id("b"), db: id("d") } };

it("containers that run the stored images pass, and are named with their ids", () => {
  const containers = [aContainer("web", { imageId: id("a") }), aContainer("worker", { imageId: id("b") })];
  const verdict = proveImages(shop, containers);
  expect(verdict).toMatchObject({ result: "pass", n: 2, value: "web aaaaaaaaaaaa, worker bbbbbbbbbbbb" });
  expect(() => assertProven(verdict)).not.toThrow();
});

it("a container of another image fails, by name", () => {
  const bundle = { ...aBundle("r1"), tag: "v1", images: { web: id("a") } };
  const verdict = proveImages(bundle, [aContainer("web", { name: "shop-blue-web-1", imageId: id("c") })]);
  expect(verdict).toMatchObject({ result: "fail", value: "shop-blue-web-1 runs cccccccccccc" });
  expect(() => assertProven(verdict)).toThrow("as stored with release v1");
});

it("a service of the slot that has no container fails, by name", () => {
  const verdict = proveImages(shop, [aContainer("web", { imageId: id("a") })]);
  expect(verdict).toMatchObject({ result: "fail", value: "no container of worker", n: 1 });
  const both = proveImages(shop, [aContainer("web", { name: "shop-blue-web-1", imageId: id("c") })]);
  expect(both.value).toBe("shop-blue-web-1 runs cccccccccccc, no container of worker");
  expect(proveImages(shop, [])).toMatchObject({ result: "fail", value: "no container of web, worker", n: 0 });
});

it.each([
  ["is scaled to nothing", { replicas: 0 }],
  ["is of a profile that is not active", { active: false }],
  ["is replaced in base", { strategy: "recreate" }],
] as const)("a service that %s needs no container in the slot", (_title, facts) => {
  const bundle = { ...shop, services: [aService("web"), { ...worker, ...facts }] };
  expect(proveImages(bundle, [aContainer("web", { imageId: id("a") })])).toMatchObject({ result: "pass", n: 1 });
});

import { aBundle, aContainer } from "@sluice/core/testing";
import { expect, it } from "vitest";
import { assertProven, proveImages } from "./image-proof.ts";

const id = (digit: string) => `sha256:${digit.repeat(64)}`;

it("containers that run the stored images pass, and are named with their ids", () => {
  const bundle = { ...aBundle("r1"), tag: "v1", images: { web: id("a"), worker: id("b") } };
  const containers = [aContainer("web", { imageId: id("a") }), aContainer("worker", { imageId: id("b") })];
  const verdict = proveImages(bundle, containers);
  expect(verdict).toMatchObject({ result: "pass", n: 2, value: "web aaaaaaaaaaaa, worker bbbbbbbbbbbb" });
  expect(() => assertProven(verdict)).not.toThrow();
});

it("a container of another image fails, by name", () => {
  const bundle = { ...aBundle("r1"), tag: "v1", images: { web: id("a") } };
  const verdict = proveImages(bundle, [aContainer("web", { name: "shop-blue-web-1", imageId: id("c") })]);
  expect(verdict).toMatchObject({ result: "fail", value: "shop-blue-web-1 runs cccccccccccc" });
  expect(() => assertProven(verdict)).toThrow("as stored with release v1");
});

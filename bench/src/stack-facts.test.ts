import { aService } from "@sluice/core/testing";
import { describe, expect, it } from "vitest";
import { imageDifferences, saysImages } from "./stack-facts.ts";

const id = (digit: string) => `sha256:${digit.repeat(64)}`;
const bundle = {
  services: [
    aService("web"),
    aService("worker", { role: "worker" }),
    aService("none", { role: "worker", replicas: 0 }),
    aService("legacy", { role: "worker", strategy: "recreate" }),
    aService("debug", { role: "worker", active: false }),
    aService("migrate", { role: "job" }),
    aService("db", { role: "data" }),
  ],
  images: { web: id("a"), worker: id("b"), legacy: id("c"), migrate: id("a"), db: id("d") },
};
const running = [
  { service: "web", image: id("a") },
  { service: "worker", image: id("b") },
];

describe("what runs in a slot", () => {
  it("is what the bundle names when all of it runs, and nothing else", () => {
    expect(imageDifferences(bundle, running)).toEqual([]);
  });

  it("is not when something is gone, all of it too", () => {
    expect(imageDifferences(bundle, running.slice(0, 1))).toEqual(["worker does not run"]);
    expect(imageDifferences(bundle, [])).toEqual(["web does not run", "worker does not run"]);
  });

  it("is not when a container has another image, one replica of many too", () => {
    const web = { service: "web", image: id("e") };
    const difference = `web runs ${id("e")}, the bundle says ${id("a")}`;
    expect(imageDifferences(bundle, [web, ...running])).toEqual([difference]);
    expect(imageDifferences(bundle, [...running, web])).toEqual([difference]);
  });

  it("is not when something runs that does not belong there", () => {
    const others = [...running, { service: "db", image: id("d") }, { service: "old", image: id("e") }];
    expect(imageDifferences(bundle, others)).toEqual([
      "db runs, and belongs to no slot",
      "old runs, and belongs to no slot",
    ]);
  });
});

describe("a command that says which images run", () => {
  it("names them by their ids", () => {
    expect(saysImages("image ids: pass, web aaaaaaaaaaaa, worker bbbbbbbbbbbb", running)).toBe(true);
  });

  it("does not by the word, by the ids of others, nor when nothing runs", () => {
    expect(saysImages("image ids: pass, web aaaaaaaaaaaa", running)).toBe(false);
    expect(saysImages("the images that run are those of the release", running)).toBe(false);
    expect(saysImages("image ids: pass", [])).toBe(false);
  });
});

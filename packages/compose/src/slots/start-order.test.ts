import fc from "fast-check";
import { expect, it } from "vitest";
import { dependenciesOf, startWaves } from "./start-order.ts";

it("reads Compose's label", () => {
  const Labels = { "com.docker.compose.depends_on": "db:service_healthy:false,cache:service_started:true" };
  expect(dependenciesOf({ Labels })).toEqual([
    { service: "db", mustBeHealthy: true },
    { service: "cache", mustBeHealthy: false },
  ]);
  expect(dependenciesOf({ Labels: { "com.docker.compose.depends_on": "" } })).toEqual([]);
});

it("starts what others depend on first, and cycles together", () => {
  expect(startWaves({ web: ["api", "db"], api: ["worker"], worker: [], mail: [] })).toEqual([
    ["worker", "mail"],
    ["api"],
    ["web"],
  ]);
  expect(startWaves({ a: ["b"], b: ["a"], c: [] })).toEqual([["c"], ["a", "b"]]);
});

it("starts every service once, whatever depends on what", () => {
  const names = ["a", "b", "c", "d", "e"];
  const graph = fc.record(Object.fromEntries(names.map((name) => [name, fc.subarray(names)])));
  fc.assert(
    fc.property(graph, (dependencies) => {
      expect(startWaves(dependencies).flat().toSorted()).toEqual(names);
    }),
  );
});

import fc from "fast-check";
import { expect, it } from "vitest";
import { eachInOrder, startWaves } from "./each-in-order.ts";

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

/** Work that is over, or fails, when it is said so, by service. */
function handWork() {
  const begun: string[] = [];
  const ends = new Map<string, (failure?: Error) => void>();
  const work = (name: string) => {
    begun.push(name);
    return new Promise<void>((resolve, reject) => {
      ends.set(name, (failure) => (failure ? reject(failure) : resolve()));
    });
  };
  const end = (name: string) => ends.get(name)?.();
  return { begun, work, end, fail: (name: string) => ends.get(name)?.(new Error(name)) };
}

const settled = () => new Promise(setImmediate);

it("keeps waiting for what hangs only those that need it", async () => {
  const { begun, work, end, fail } = handWork();
  const done = eachInOrder({ db: [], cache: [], api: ["db"], web: ["cache"], edge: ["web"] }, work);
  await settled();
  expect(begun).toEqual(["db", "cache"]);
  end("cache");
  await settled();
  end("web");
  await settled();
  expect(begun).toEqual(["db", "cache", "web", "edge"]);
  fail("db");
  await settled();
  expect(begun.at(-1)).toBe("api");
  end("edge");
  end("api");
  await expect(done).rejects.toThrow("db");
});

it("has no service of a cycle wait for another one of it", async () => {
  const begun: string[] = [];
  await eachInOrder({ a: ["b"], b: ["a"], c: ["c"] }, async (name) => void begun.push(name));
  expect(begun.toSorted()).toEqual(["a", "b", "c"]);
});

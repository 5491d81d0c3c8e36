import { expect, it } from "vitest";
import { engineName, pidOf } from "./names.ts";

it("names tell whose they are, and differ", () => {
  const [one, other] = [engineName(), engineName()];
  expect(one).not.toBe(other);
  expect([one, `${one}-Ab12Cd`].map(pidOf)).toEqual([process.pid, process.pid]);
});

it.each(["", "sl2", "sl2--1", "my-sl2-1-1", "sl2-1-1.old", "slf-1-1"])("%o is another's", (name) => {
  expect(pidOf(name)).toBeUndefined();
});

it("a name is short enough for a network interface of Linux", () => {
  expect(engineName(2 ** 22).length).toBeLessThanOrEqual(15);
});

import { expect, it } from "vitest";
import { coldRounds } from "./cold-rounds.ts";

it.each([1, 2, 5])("%d ways back are each to a version that neither serves nor is warm", (count) => {
  // The warm rounds deployed v2 and on, and went back to v1 each time; then one more was deployed.
  const deployed = Array.from({ length: count + 2 }, (_, index) => `v${index + 1}`);
  const newest = `v${count + 2}`;
  let [serves, warm] = [newest, "v1"];
  const rounds = coldRounds(count, newest);
  expect(rounds.map(({ round }) => round)).toEqual(deployed.slice(0, count).map((_, index) => index + 1));
  for (const { old, next } of rounds) {
    expect(old).toBe(serves);
    expect(deployed).toContain(next);
    expect([serves, warm]).not.toContain(next);
    [serves, warm] = [next, serves];
  }
});

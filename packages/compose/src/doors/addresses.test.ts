import { describe, expect, it } from "vitest";
import { fixedAddresses } from "../networks/subnets.ts";
import { blockWith } from "./addresses.ts";

const fixed = fixedAddresses("10.213.4.128/25");

/** Blocks of services that come to the link one after the other, with this many replicas each, until one finds no room. */
function fill(replicas: number): readonly (readonly string[])[] {
  const blocks: (readonly string[])[] = [];
  for (;;) {
    const block = blockWith([], fixed, blocks.flat(), replicas);
    if (!block) return blocks;
    blocks.push(block);
  }
}

describe("the addresses of a service on a link", () => {
  it("have room for as many replicas again, and for eight at least", () => {
    expect([0, 1, 4, 5, 15].map((replicas) => blockWith([], fixed, [], replicas)?.length)).toEqual([8, 8, 8, 10, 30]);
  });

  it("are as many as the replicas where more would leave less than that for others", () => {
    const sizes = (replicas: number) => fill(replicas).map(({ length }) => length);
    expect(sizes(1)).toEqual([...Array(6).fill(8), ...Array(15).fill(1)]);
    expect(sizes(2)).toEqual([...Array(6).fill(8), ...Array(7).fill(2)]);
    expect(sizes(63)).toEqual([63]);
    expect(sizes(64)).toEqual([]);
  });

  it("are never those of another", () => {
    const all = fill(3).flat();
    expect(new Set(all).size).toBe(all.length);
  });

  it("stay as they are while there is one for each replica, whatever room there is: a door leads to them", () => {
    for (const own of fill(1)) expect(blockWith(own, fixed, [], 1)).toEqual(own);
    const own = fixed.slice(0, 8);
    expect(blockWith(own, fixed, fixed.slice(8), 8)).toEqual(own);
  });

  it("stay where there must be more", () => {
    const own = fixed.slice(3, 11);
    expect(blockWith(own, fixed, fixed.slice(0, 3), 9)).toEqual([...own, ...fixed.slice(11, 21)]);
    expect(blockWith(own, fixed, [...fixed.slice(0, 3), ...fixed.slice(12)], 9)).toEqual([...own, fixed[11]]);
    expect(blockWith(own, fixed, [...fixed.slice(0, 3), ...fixed.slice(11)], 9)).toBeUndefined();
  });
});

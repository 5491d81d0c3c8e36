import { aService } from "@sluice/core/testing";
import { describe, expect, it } from "vitest";
import type { Engine } from "../engine/engine.ts";
import { fixedAddresses } from "../networks/subnets.ts";
import { blockWith, chooseAddresses, type GivenAddresses } from "./addresses.ts";

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

describe("the addresses of a service whose home moves to the link of another network", () => {
  const external = (name: string) => ({ name, external: true });
  const model = {
    name: "shop",
    services: {
      web: { image: "a", labels: { "traefik.docker.network": "proxy" }, networks: { proxy: null, shared: null } },
    },
    networks: { proxy: external("proxy"), shared: external("shared") },
  };
  const subnets: Readonly<Record<string, string>> = {
    "shop-blue_link_proxy": "10.213.1.0/25",
    "shop-blue_link_shared": "10.213.2.0/25",
    "shop-green_link_shared": "10.213.3.0/25",
  };
  const on = (link: string) => fixedAddresses(subnets[link] ?? "").slice(0, 8);
  const held = (blue: readonly string[], isHeld = true): GivenAddresses => {
    return { service: "web", addresses: { blue, green: [] }, isHeld };
  };
  const chosen = async (given: readonly GivenAddresses[], anew = false, links = Object.keys(subnets)) => {
    const listNetworks = async () =>
      links.map((name) => ({ Name: name, IPAM: { Config: [{ Subnet: subnets[name] }] } }));
    const call = (_what: string, ask: (docker: object) => unknown) => ask({ listNetworks });
    const request = { model, service: aService("web"), slot: "blue", given, anew } as const;
    return (await chooseAddresses({ call } as unknown as Engine, undefined as never, request)).blue;
  };
  const [first = ""] = on("shop-blue_link_proxy");

  it("stay while containers have them, with the whole block that its door leads to", async () => {
    const label = held(on("shop-blue_link_proxy"), false);
    expect(await chosen([label, held([first])])).toEqual(on("shop-blue_link_proxy"));
    expect((await chosen([held([first])]))[0]).toBe(first);
  });

  it("are others where containers are made anew, have none of them, or that link is gone", async () => {
    const label = held(on("shop-blue_link_proxy"), false);
    const moved = on("shop-blue_link_shared");
    expect(await chosen([label, held([first])], true)).toEqual(moved);
    expect(await chosen([label])).toEqual(moved);
    const left = Object.keys(subnets).filter((name) => name !== "shop-blue_link_proxy");
    expect(await chosen([label, held([first])], false, left)).toEqual(moved);
  });

  it("are those on a link of the service where there are some", async () => {
    const promised = held(on("shop-blue_link_shared"), false);
    expect(await chosen([held([first]), promised])).toEqual(on("shop-blue_link_shared"));
  });
});

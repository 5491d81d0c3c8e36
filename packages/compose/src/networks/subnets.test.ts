import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatCidr, overlap, parseCidr } from "./cidr.ts";
import { defaultPool, dynamicRange, fixedAddresses, freeSubnet } from "./subnets.ts";

const cidr = fc
  .tuple(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 0, max: 255 }), fc.integer({ min: 8, max: 30 }))
  .map(([b, c, prefix]) => `10.${b}.${c}.0/${prefix}`);
const numbers = (texts: readonly string[]) => texts.flatMap((text) => parseCidr(text) ?? []);

describe("parseCidr", () => {
  it("drops the host part and survives a round trip", () => {
    expect(formatCidr(parseCidr("192.168.7.9/24") ?? { first: 0, size: 1 })).toBe("192.168.7.0/24");
    expect(formatCidr(parseCidr("255.255.255.255/32") ?? { first: 0, size: 1 })).toBe("255.255.255.255/32");
    expect(["fd00::/8", "10.0.0.0", "10.0.0.0/33", "300.0.0.0/8"].map(parseCidr)).toEqual(Array(4).fill(undefined));
  });
});

describe("freeSubnet", () => {
  it("lies in the pool and overlaps nothing that is taken", () => {
    fc.assert(
      fc.property(fc.array(cidr, { maxLength: 40 }), fc.string(), (taken, name) => {
        const found = freeSubnet(defaultPool, numbers(taken), name);
        const [pool, subnet] = numbers([defaultPool.pool, found ?? defaultPool.pool]);
        if (!pool || !subnet) throw new Error("not parsed");
        expect(overlap(pool, subnet)).toBe(true);
        expect(found !== undefined && numbers(taken).some((other) => overlap(other, subnet))).toBe(false);
      }),
    );
  });

  it("finds the last one that is free, and none in a full pool", () => {
    const pool = { pool: "10.213.0.0/24", prefix: 25 };
    expect(freeSubnet(pool, numbers(["10.213.0.0/25"]), "x")).toBe("10.213.0.128/25");
    expect(freeSubnet(pool, numbers(["10.213.0.0/16"]), "x")).toBeUndefined();
  });
});

describe("a link's subnet", () => {
  it("is shared between the engine's range and fixed addresses, which never meet", () => {
    expect(dynamicRange("10.213.4.128/25")).toBe("10.213.4.128/26");
    const fixed = fixedAddresses("10.213.4.128/25");
    expect([fixed[0], fixed.at(-1), fixed.length]).toEqual(["10.213.4.192", "10.213.4.254", 63]);
  });
});

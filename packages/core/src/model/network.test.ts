import { BlockList, isIP } from "node:net";
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { isWithin, type Network, parseNetwork } from "./network.ts";

describe("a network", () => {
  it.each([
    ["203.0.113.7", 4, 32],
    ["203.0.113.0/24", 4, 24],
    ["0.0.0.0/0", 4, 0],
    ["2001:db8::/32", 6, 32],
    ["::1", 6, 128],
    ["::", 6, 128],
    ["1:2:3:4:5:6:7::", 6, 128],
    ["64:ff9b::192.0.2.33", 6, 128],
    ["::ffff:203.0.113.7", 4, 32],
    ["::ffff:203.0.113.0/120", 4, 24],
  ])("%s is read", (text, family, prefix) => {
    expect(parseNetwork(text)).toMatchObject({ family, prefix });
  });

  it.each([
    "",
    "office",
    "203.0.113",
    "203.0.113.256",
    "203.0.113.07",
    "203.0.113.7/24",
    "203.0.113.0/33",
    "203.0.113.0/024",
    "203.0.113.0/",
    "203.0.113.0/24/8",
    " 203.0.113.7",
    "2001:db8::1/32",
    "2001:db8::/129",
    "2001:db8:::1",
    "1::2::3",
    "1:2:3:4:5:6:7:8:9",
    "1:2:3:4:5:6:7:8::",
    "1:2:3",
    "1.2.3.4::",
    "1.2.3.4::1",
    "12345::",
    "fe80::1%eth0",
    "::ffff:0.0.0.0/64",
  ])("%j is none", (text) => {
    expect(parseNetwork(text)).toBeUndefined();
  });

  it("has an address that a proxy writes either way", () => {
    const office = parseNetwork("203.0.113.0/24") as Network;
    expect([isWithin(office, "203.0.113.7"), isWithin(office, "::ffff:cb00:7107")]).toEqual([true, true]);
    expect([isWithin(office, "203.0.114.7"), isWithin(office, "cb00:7107::"), isWithin(office, "you")]).toEqual([
      false,
      false,
      false,
    ]);
  });
});

const ipv4 = fc.ipV4();
const ipv6 = fc.ipV6();

test("whatever is read, Node reads as an address too, and the other way round", () => {
  const letters = fc.string({ unit: fc.constantFrom(...Array.from("0123456789abcdef:.")) });
  fc.assert(
    fc.property(fc.oneof(letters, ipv4, ipv6), (text) => {
      expect(parseNetwork(text) !== undefined).toBe(isIP(text) !== 0);
    }),
    { numRuns: 500 },
  );
});

test("an address lies in a network exactly where Node's own list says so", () => {
  const cases = fc.oneof(
    fc.record({ family: fc.constant("ipv4" as const), address: ipv4, other: ipv4, prefix: fc.nat(32) }),
    fc.record({ family: fc.constant("ipv6" as const), address: ipv6, other: ipv6, prefix: fc.nat(128) }),
  );
  fc.assert(
    fc.property(cases, fc.boolean(), ({ family, address, other, prefix }, isNear) => {
      const found = parseNetwork(address) as Network;
      // IPv4 in IPv6 has its own test.
      const written = family === "ipv4" ? 4 : 6;
      fc.pre(found.family === written && parseNetwork(other)?.family === written);
      const rest = BigInt((family === "ipv4" ? 32 : 128) - prefix);
      const network: Network = { ...found, first: (found.first >> rest) << rest, prefix };
      const list = new BlockList();
      list.addSubnet(address, prefix, family);
      const asked = isNear ? address : other;
      expect(isWithin(network, asked)).toBe(list.check(asked, family));
    }),
    { numRuns: 500 },
  );
});

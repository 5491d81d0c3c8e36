import fc from "fast-check";
import { expect, test } from "vitest";
import { clientAddress, isTesterFrom } from "./client-address.ts";

const edge = "172.18.0.5";
const cdn = "198.51.100.9";
const office = "203.0.113.7";
const behind = { addresses: ["203.0.113.0/24"], proxies: ["172.16.0.0/12", "198.51.100.0/24"] };

test.each<[string, string, string[], string]>([
  ["who connects is the client", office, [], office],
  ["what a client says of itself is not asked", "192.0.2.1", [office], "192.0.2.1"],
  ["a proxy's word counts", edge, [office], office],
  ["through two proxies", edge, [office, cdn], office],
  ["what a client wrote stands further left", edge, [office, "192.0.2.1"], "192.0.2.1"],
  ["an address in an IPv6 one", edge, [`::ffff:${office}`], `::ffff:${office}`],
  ["a proxy that says nothing is the client", edge, [], edge],
  ["no address at all", edge, [office, "unknown"], edge],
])("%s", (_what, peer, forwarded, expected) => {
  expect(clientAddress(behind, peer, forwarded)).toBe(expected);
  expect(isTesterFrom(behind, peer, forwarded)).toBe(expected.endsWith(office));
});

test("nobody who is not behind a believed proxy becomes a tester by what it writes", () => {
  const outside = fc.ipV4().filter((address) => !/^(172|198|203)\./.test(address));
  const written = fc.array(fc.oneof(fc.ipV4(), fc.ipV6(), fc.string(), fc.constantFrom(office, edge, cdn)));
  fc.assert(
    fc.property(outside, written, fc.constantFrom([], [edge], [edge, cdn]), (client, forged, proxies) => {
      // Each proxy appends whom it was reached by; the last one connects.
      const [peer = client, ...hops] = proxies;
      const forwarded = proxies.length === 0 ? forged : [...forged, client, ...hops.toReversed()];
      expect(clientAddress(behind, peer, forwarded)).toBe(client);
      expect(isTesterFrom(behind, peer, forwarded)).toBe(false);
    }),
  );
});

import { expect, it } from "vitest";
import { parseConfig } from "./parse-config.ts";

const testersOf = (yaml: string) => parseConfig(`traffic:\n  testers:\n${yaml}`, "sluice.yaml").traffic.testers;
const token = "    name: X-Release\n    value: next-1234\n";
const office = "    addresses:\n      - 203.0.113.0/24\n      - 2001:db8:7::/48\n";

it("testers are known by a header or cookie, by addresses, or by either", () => {
  expect(testersOf(token)).toEqual({ by: "header", name: "X-Release", value: "next-1234" });
  expect(testersOf(office)?.addresses).toEqual(["203.0.113.0/24", "2001:db8:7::/48"]);
  expect(testersOf(`${token}${office}    proxies: [10.0.0.1]\n`)).toMatchObject({
    name: "X-Release",
    addresses: expect.anything(),
    proxies: ["10.0.0.1"],
  });
});

it.each([
  ["a name for an address", "    addresses:\n      - 203.0.113.7\n      - office\n", [5, 9], /an address or a network/],
  ["bits after the prefix", "    addresses: [203.0.113.7/24]\n", [3, 17], /without bits after its prefix/],
  ["everybody", `${token}    addresses: ["::/0"]\n`, [5, 17], /fewer addresses than all/],
  ["nobody", "    addresses: []\n", [3, 16], /./],
  ["a proxy that is none", `${office}    proxies: [nginx]\n`, [6, 15], /an address or a network/],
  ["proxies for nothing", `${token}    proxies: [10.0.0.1]\n`, [5, 14], /expected addresses too/],
  ["a short value", "    name: X-Release\n    value: guess\n", [4, 12], /8 to 128/],
  ["a name alone", `${office}    name: X-Release\n`, [6, 11], /a value too/],
  ["a value alone", "    value: next-1234\n", [3, 12], /a name too/],
  ["nothing at all", "    by: cookie\n", [3, 5], /name and value, or addresses/],
])("%s is refused where it is written", (_what, yaml, [line, column], message) => {
  expect(() => testersOf(yaml)).toThrow(
    expect.objectContaining({
      code: "CONFIG_INVALID",
      message: expect.stringMatching(message),
      position: expect.objectContaining({ line, column }),
    }),
  );
});

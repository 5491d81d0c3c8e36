import { describe, expect, it } from "vitest";
import type { WrittenConfig } from "../../config/schema.ts";
import type { RouterCapabilities } from "../../model/router-capabilities.ts";
import { aConfig, aService } from "../../testing/index.ts";
import { assertDoorsCan } from "./assert-door-can.ts";

const little: RouterCapabilities = {
  tcp: false,
  proxyProtocolIn: false,
  proxyProtocolOut: false,
  testersByToken: false,
  testersByAddress: true,
  testersBehindProxies: false,
  http2WithoutTls: false,
  losslessShift: false,
  losslessReload: false,
  closesOneSlot: false,
  countsAcrossReloads: false,
  automaticHttps: false,
};
const all = Object.fromEntries(Object.keys(little).map((name) => [name, true])) as unknown as RouterCapabilities;

const check = (
  traffic: WrittenConfig["traffic"],
  {
    capabilities = little,
    service = aService("web"),
  }: { capabilities?: RouterCapabilities; service?: ReturnType<typeof aService> } = {},
) => assertDoorsCan({ kind: "small", capabilities }, aConfig({ traffic }), [service]);

describe("what a configuration asks of doors", () => {
  const proxies = { addresses: ["203.0.113.7"], proxies: ["10.0.0.0/8"] };
  it.each<[string, WrittenConfig["traffic"]]>([
    ["take the PROXY protocol", { proxyProtocol: { in: true } }],
    ["send the PROXY protocol", { proxyProtocol: { out: true } }],
    ["know testers by a header", { testers: { name: "X-Release", value: "next-1234" } }],
    ["know testers by the address that a proxy passes on", { testers: proxies }],
  ])("is refused where they cannot %s, and taken where they can", (what, traffic) => {
    expect(() => check(traffic)).toThrow(what);
    expect(() => check(traffic, { capabilities: all })).not.toThrow();
  });

  it("is refused for a service that does not speak HTTP, with a way out", () => {
    const service = aService("mail", { protocol: "tcp" });
    const refused = (() => {
      try {
        check({}, { service });
      } catch (error) {
        return error;
      }
    })();
    expect(refused).toMatchObject({
      code: "CONFIG_INVALID",
      message: expect.stringContaining("a door of small for mail cannot"),
      hint: expect.stringContaining("traffic.driver: haproxy"),
    });
  });

  it("is refused for a single port that does not speak HTTP", () => {
    const ports = [3000, 1883].map((target) => ({ published: target, target, protocol: "tcp" }) as const);
    const service = aService("web", { ports, protocols: { 1883: "tcp" } });
    expect(() => check({}, { service })).toThrow("cannot pass on connections that are not HTTP");
    expect(() => check({}, { service, capabilities: all })).not.toThrow();
  });

  it("is refused where they get no certificates by themselves", () => {
    const services = { web: { https: { hosts: ["shop.test"], port: 8443 } } };
    const router = (capabilities: RouterCapabilities) => ({ kind: "small", capabilities });
    expect(() => assertDoorsCan(router(little), aConfig({ services }), [aService("web")])).toThrow("certificates");
    expect(() => assertDoorsCan(router(all), aConfig({ services }), [aService("web")])).not.toThrow();
  });

  it("is nothing to services that have no door", () => {
    expect(() => check({}, { service: aService("mail", { protocol: "tcp", role: "data" }) })).not.toThrow();
  });

  it("is taken where only ordinary things are asked", () => {
    expect(() => check({ testers: { addresses: ["203.0.113.7"] } })).not.toThrow();
  });
});

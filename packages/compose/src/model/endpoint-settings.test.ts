import { expect, it } from "vitest";
import { ownSettings, sharedSettings } from "./endpoint-settings.ts";

const mac = "02:42:ac:11:00:02";

it("what a service is given on a network is as Compose gives it to the engine", () => {
  const vpn = {
    driver_opts: { "com.docker.network.endpoint.sysctls": "net.ipv4.conf.IFNAME.a=$$1", mtu: 1_400 },
    gw_priority: 10,
    interface_name: "vpn0",
    link_local_ips: ["169.254.1.1"],
    aliases: ["app"],
    priority: 5,
  };
  expect(sharedSettings({ networks: { vpn } }, "vpn")).toEqual({
    driverOptions: {
      "com.docker.network.endpoint.sysctls": "net.ipv4.conf.IFNAME.a=$1",
      mtu: "1400",
      "com.docker.network.endpoint.ifname": "vpn0",
    },
    gatewayPriority: 10,
    linkLocalAddresses: ["169.254.1.1"],
  });
  expect(sharedSettings({ networks: { vpn: null } }, "vpn")).toEqual({});
  expect(sharedSettings({}, "default")).toEqual({});
});

it("what only one container can have is its own, and the service's MAC address that on its first network", () => {
  const fixed = { ipv4_address: "172.30.0.8", ipv6_address: "fd00::8" };
  const service = { mac_address: mac, networks: { a: fixed, b: { priority: 1 }, c: { mac_address: "02:00" } } };
  expect(ownSettings(service, "a")).toEqual({ address: "172.30.0.8", ipv6Address: "fd00::8" });
  expect(ownSettings(service, "b")).toEqual({ macAddress: mac });
  expect(ownSettings(service, "c")).toEqual({ macAddress: "02:00" });
  expect(ownSettings({ mac_address: mac }, "default")).toEqual({ macAddress: mac });
});

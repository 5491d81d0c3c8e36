import { expect, it } from "vitest";
import { formatCidr } from "./cidr.ts";
import { parseRoutes } from "./host-routes.ts";

it("reads the kernel's routes without the default one, also where a VPN has laid two halves over it", () => {
  const table = [
    "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT",
    "eth0\t00000000\t0100000A\t0003\t0\t0\t0\t00000000\t0\t0\t0",
    "eth0\t0000000A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0",
    "wg0\t0000D50A\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0",
    "tun0\t00000000\t0100080A\t0003\t0\t0\t0\t00000080\t0\t0\t0",
    "tun0\t00000080\t0100080A\t0003\t0\t0\t0\t00000080\t0\t0\t0",
    "tun0\t000000AC\t0100080A\t0003\t0\t0\t0\t000000FF\t0\t0\t0",
    "",
  ].join("\n");
  expect(parseRoutes(table).map(formatCidr)).toEqual(["10.0.0.0/24", "10.213.0.0/16", "172.0.0.0/8"]);
});

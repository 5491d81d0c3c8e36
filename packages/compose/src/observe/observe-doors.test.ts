import type Docker from "dockerode";
import { expect, it } from "vitest";
import { whyUnreached } from "./observe-doors.ts";

type Seen = Parameters<typeof whyUnreached>[1];
const seen = (networks: readonly string[], wanted: Docker.PortMap, open: Docker.PortMap) =>
  whyUnreached("shop", {
    NetworkSettings: { Networks: Object.fromEntries(networks.map((name) => [name, {}])), Ports: open },
    HostConfig: { PortBindings: wanted },
  } as unknown as Seen);
const at = (HostPort: string) => ({ "80/tcp": [{ HostIp: "", HostPort }] });

it("a door is reached where every port that it was made with is published", () => {
  expect(seen(["shop_default"], at("8080"), at("8080"))).toBeUndefined();
  expect(seen(["shop_default"], at(""), at("32768"))).toBeUndefined();
  expect(seen(["shop_default"], {}, {})).toBeUndefined();
});

it("one is not where the engine publishes none, or on links alone", () => {
  expect(seen(["shop_default"], at("8080"), {})).toBe("its port 8080 is not published");
  expect(seen(["shop_default"], at(""), { "80/tcp": [] })).toBe("its port 80/tcp is not published");
  expect(seen(["shop-blue_link_default"], at("8080"), at("8080"))).toBe("it is on none of its networks");
});

import { labels, type ServiceFacts } from "@sluice/core";
import type Docker from "dockerode";
import { expect, it } from "vitest";
import { aProject, aService } from "../../test/support/project.ts";
import { observeDoors, whyUnreached } from "./observe-doors.ts";

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

const servers = { blue: ["10.0.0.2"], green: ["10.0.0.3"] };
const door = {
  Id: "d1",
  Name: "/shop-door-mail",
  State: { Running: true, Status: "running" },
  Config: { Labels: { [labels.service]: "mail", [labels.addresses]: JSON.stringify(servers) } },
  NetworkSettings: { Networks: { shop_default: {} }, Ports: {} },
  HostConfig: { PortBindings: {} },
} as unknown as Docker.ContainerInspectInfo;

it.each([
  ["exec failed: write /tmp/runc-process: no space left on device", true],
  ["the container is paused", false],
])("one that cannot be asked says whether that is for a full disk: %s", async (said, isDiskFull) => {
  const found = await observeDoors({
    project: aProject({ name: "shop", services: {} }),
    containers: [door],
    readRouting: () => Promise.reject(new Error(said)),
    wanted: async () => null,
    signal: undefined,
  });
  expect(found["mail"]).toMatchObject({ routing: null, isDiskFull });
});

it("one of a service that has no door in the release is as it was made, whatever the release says of the service", async () => {
  const stateOf = async (...services: readonly ServiceFacts[]) => {
    const found = await observeDoors({
      project: { ...aProject({ name: "shop", services: {} }, services) },
      containers: [door],
      readRouting: async () => ({ stable: "blue", share: 0, salt: 0 }),
      wanted: () => Promise.reject(new Error("nothing tells on which port it listens")),
      signal: undefined,
    });
    return found["mail"]?.state;
  };
  expect(await stateOf(aService("mail", "worker"))).toBe("current");
  expect(await stateOf({ ...aService("mail", "web"), strategy: "recreate" })).toBe("current");
  expect(await stateOf()).toBe("current");
  await expect(stateOf(aService("mail", "web"))).rejects.toThrow("on which port");
});

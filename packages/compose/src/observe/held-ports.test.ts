import { labels } from "@sluice/core";
import { aService } from "@sluice/testing";
import { expect, it } from "vitest";
import { composeLabels } from "../engine/containers.ts";
import { heldByContainers, heldByOthers, type PortHolder, unprovenPorts, wantedPorts } from "./held-ports.ts";

const port = (published: number, hostIp?: string) =>
  ({ service: "web", published, target: 80, protocol: "tcp", hostIp }) as const;
const request = { stack: "shop", staying: [] };

function holder(Labels: Record<string, string>, held: PortHolder["Ports"], NetworkMode = "bridge"): PortHolder {
  return { Id: "c1", Names: ["/one"], Labels, HostConfig: { NetworkMode }, Ports: held };
}
const at = (IP: string, PublicPort = 8_080) => ({ IP, PublicPort, Type: "tcp" });
const own = { [composeLabels.project]: "shop" };
const door = { [labels.stack]: "shop" };
const other = { [composeLabels.project]: "shop-staging" };

it("another stack's container holds a port; a door, and what plain Compose runs, of this one do not", () => {
  const held = (Labels: Record<string, string>) =>
    heldByContainers([port(8_080)], [holder(Labels, [at("0.0.0.0")])], request).length;
  expect([held(other), held({}), held(own), held(door)]).toEqual([1, 1, 0, 0]);
});

it("what stays although it is of this stack holds its port", () => {
  const running = [holder(own, [at("0.0.0.0")])];
  expect(heldByContainers([port(8_080)], running, { ...request, staying: ["c1"] })).toHaveLength(1);
});

it("the machine is asked only for what the stack does not have as widely as it is wanted", () => {
  const asked = (hostIp: string | undefined, IP: string) =>
    unprovenPorts([port(8_080, hostIp)], [holder(door, [at(IP)])], request).length;
  expect(asked(undefined, "0.0.0.0")).toBe(0);
  expect(asked("127.0.0.1", "127.0.0.1")).toBe(0);
  expect(asked("127.0.0.1", "0.0.0.0")).toBe(0);
  expect(asked(undefined, "127.0.0.1")).toBe(1);
  expect(asked("192.168.1.5", "127.0.0.1")).toBe(1);
});

it("the machine is not asked where something of the stack is on its network", () => {
  expect(unprovenPorts([port(8_080)], [holder(own, [], "host")], request)).toEqual([]);
});

it("a socket that the engine has for a container is nobody else's", () => {
  const held = (running: PortHolder[], IP: string, hostIp?: string) =>
    heldByOthers([port(8_080, hostIp)], running, [at(IP)]).length;
  expect(held([], "127.0.0.1")).toBe(1);
  expect(held([], "")).toBe(1);
  expect(held([], "127.0.0.1", "192.168.1.5")).toBe(0);
  expect(held([holder(other, [at("192.168.1.5")])], "192.168.1.5")).toBe(0);
  expect(held([holder(other, [at("192.168.1.5")])], "127.0.0.1")).toBe(1);
});

it("a range is what a door has the first ports of; in base the engine chooses", () => {
  const model = {
    name: "shop",
    services: {
      web: { ports: [{ target: 80, published: "8080-8090" }] },
      db: { ports: [{ target: 5_432, published: "5432-5440" }, { target: 9_187, published: "9187" }, { target: 1 }] },
    },
  };
  const services = [aService("web", { role: "web" }), aService("db", { role: "data" })];
  const wanted = wantedPorts({ model, services, publishing: ["web", "db"] });
  expect(wanted.map(({ service, published }) => [service, published])).toEqual([
    ["web", 8_080],
    ["db", 9_187],
  ]);
  expect(wantedPorts({ model, services, publishing: [] })).toEqual([]);
});

import { expect, it } from "vitest";
import type { ServiceFacts } from "../../model/service.ts";
import type { ObservedContainer } from "../../model/stack.ts";
import { probeTarget } from "./probe-target.ts";

const service = (name: string, facts: Partial<ServiceFacts>) =>
  ({ name, protocol: "http", port: null, ports: [], ...facts }) as unknown as ServiceFacts;
const container = (id: string, name: string) => ({ id, service: name }) as unknown as ObservedContainer;

it("goes through the door of an HTTP service, and knows the addresses of the replicas that are there", () => {
  const target = probeTarget({
    slot: "green",
    services: [
      service("web", { port: 8080 }),
      service("mqtt", { protocol: "tcp", ports: [{ published: 1883, target: 1883, protocol: "tcp" }] }),
      service("worker", {}),
    ],
    containers: [container("a", "web"), container("b", "web"), container("c", "mqtt"), container("d", "worker")],
    doors: new Map([
      ["web", "door-1"],
      ["mqtt", "door-2"],
    ]),
    addresses: { web: ["10.0.0.65", "10.0.0.66", "10.0.0.67"], mqtt: ["10.0.0.73"] },
    previewSecret: "s",
    proxyProtocol: false,
  });
  expect(target).toEqual({
    slot: "green",
    containers: { web: ["a", "b"], mqtt: ["c"], worker: ["d"] },
    addresses: { web: ["10.0.0.65", "10.0.0.66"], mqtt: ["10.0.0.73"] },
    ports: { web: 8080, mqtt: 1883 },
    doors: { web: { container: "door-1", port: 8080, previewSecret: "s" } },
  });
});

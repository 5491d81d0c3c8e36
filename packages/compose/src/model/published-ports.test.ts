import { expect, it } from "vitest";
import { publishedPorts } from "./published-ports.ts";

const published = (port: string | undefined, replicas?: number) =>
  publishedPorts({
    ports: [{ target: 80, protocol: "tcp", ...(port === undefined ? {} : { published: port }) }],
    ...(replicas === undefined ? {} : { deploy: { replicas } }),
  }).map((one) => one.published);

it("a published port is one, and one that the engine chooses is none in particular", () => {
  expect([published("8080"), published(undefined), published("8080", 3)]).toEqual([[8080], [0], [8080]]);
});

it("of a range each replica has one, as plain Compose gives them out", () => {
  expect(published("8000-8009")).toEqual([8000]);
  expect(published("8000-8009", 3)).toEqual([8000, 8001, 8002]);
  expect(published("8000-8001", 3)).toEqual([8000, 8001]);
  expect(published("8000-8009", 0)).toEqual([8000]);
  expect(publishedPorts({ scale: 2, ports: [{ target: 80, published: "8000-8009" }] })).toHaveLength(2);
});

it("keeps the address of the host, and what is udp", () => {
  const ports = [{ target: 53, published: "53", protocol: "udp", host_ip: "127.0.0.1" }];
  expect(publishedPorts({ ports })).toEqual([{ hostIp: "127.0.0.1", published: 53, target: 53, protocol: "udp" }]);
});

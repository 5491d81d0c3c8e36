import { describe, expect, it } from "vitest";
import { aService } from "../testing/a-service.ts";
import { movedPorts } from "./moved-ports.ts";

const port = (published: number, target: number) => ({ published, target, protocol: "tcp" as const });

describe("ports that move with a release", () => {
  it.each([
    ["the application listens elsewhere", { port: 8080, ports: [port(80, 8080)] }, ["web"]],
    ["it listens on one more", { ports: [port(80, 3000), port(9000, 9000)] }, ["web"]],
    ["it speaks otherwise", { protocol: "tcp" as const }, ["web"]],
    ["only the host's port changes", { ports: [port(81, 3000)] }, []],
    ["it is stop-first now", { port: 8080, strategy: "recreate" as const }, []],
    ["it is off", { port: 8080, active: false }, []],
  ])("where %s", (_title, change, expected) => {
    const before = [aService("web", { ports: [port(80, 3000)] }), aService("worker", { role: "worker" })];
    const after = [aService("web", { ports: [port(80, 3000)], ...change }), aService("worker", { role: "worker" })];
    expect(movedPorts(before, after)).toEqual(expected);
  });

  it("are not those of a service that is new", () => {
    expect(movedPorts([], [aService("web", { port: 8080 })])).toEqual([]);
  });
});

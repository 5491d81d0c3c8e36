import { describe, expect, it } from "vitest";
import { aService } from "../../testing/a-service.ts";
import { aDoor } from "../../testing/a-stack.ts";
import { maybeMovedPorts, movedPorts, portHeirs } from "./moved-ports.ts";

const port = (published: number, target: number) => ({ published, target, protocol: "tcp" as const });

describe("ports that move with a release", () => {
  const ports = "it listens on other ports than before";

  it.each([
    ["the application listens elsewhere", { port: 8080, ports: [port(80, 8080)] }, { web: ports }],
    ["it listens on one more", { ports: [port(80, 3000), port(9000, 9000)] }, { web: ports }],
    ["it listens on one more that is not published", { furtherPorts: [9464] }, { web: ports }],
    ["it speaks otherwise", { protocol: "tcp" as const }, { web: "it speaks tcp, and spoke http before" }],
    [
      "it speaks otherwise where it listens",
      { protocols: { 3000: "h2" as const } },
      { web: "it speaks h2, and spoke http before" },
    ],
    ["it speaks at one what it speaks at others", { protocols: { 3000: "http" as const } }, {}],
    [
      "it expects the PROXY protocol now",
      { proxyProtocol: { in: false, out: true } },
      { web: "it expects the PROXY protocol, and did not before" },
    ],
    [
      "it does all of that",
      { port: 8080, protocol: "tcp" as const, proxyProtocol: { in: false, out: true } },
      {
        web: `it speaks tcp, and spoke http before, and ${ports}, and it expects the PROXY protocol, and did not before`,
      },
    ],
    ["what is before its door speaks it now", { proxyProtocol: { in: true, out: false } }, {}],
    ["nothing tells whether it expects the PROXY protocol", { proxyProtocol: undefined }, {}],
    ["only the host's port changes", { ports: [port(81, 3000)] }, {}],
    ["it is stop-first now", { port: 8080, strategy: "recreate" as const }, {}],
    ["it is off", { port: 8080, active: false }, {}],
  ])("where %s", (_title, change, expected) => {
    const web = { ports: [port(80, 3000)], proxyProtocol: { in: false, out: false } };
    const before = [aService("web", web), aService("worker", { role: "worker" })];
    const after = [aService("web", { ...web, ...change }), aService("worker", { role: "worker" })];
    expect(movedPorts(before, after)).toEqual(expected);
  });

  it("are told by port where it speaks otherwise at some", () => {
    const speaking = (protocols?: Record<number, "h2">) => [
      aService("web", { ports: [port(80, 3000), port(81, 3001)], ...(protocols && { protocols }) }),
    ];
    expect(movedPorts(speaking(), speaking({ 3001: "h2" }))).toEqual({
      web: "it speaks h2 at 3001, and spoke http there before",
    });
  });

  it("may be that an application expects the PROXY protocol no more", () => {
    const expecting = (out: boolean) => [aService("web", { proxyProtocol: { in: false, out } })];
    expect(movedPorts(expecting(true), expecting(false))).toEqual({ web: "it expects the PROXY protocol no more" });
  });

  it("may be those of any door that is otherwise, where nobody knows how the service listened before", () => {
    const after = ["current", "outdated", "dark", "absent", "new"].map((name) => aService(name));
    const dark = aDoor("dark", null, { state: "outdated", isUnreached: true });
    const doors = {
      current: aDoor("current", null),
      outdated: aDoor("outdated", null, { state: "outdated", reason: "made with other networks" }),
      // Nobody comes through it now: it is made anew at once.
      dark,
      absent: aDoor("absent", null, { state: "absent" }),
    };
    expect(maybeMovedPorts(doors, after)).toEqual({
      outdated: "its door changes (made with other networks), and nothing tells where it listened before",
    });
    expect(maybeMovedPorts(doors, [aService("outdated", { strategy: "recreate" })])).toEqual({});
  });

  it("are not those of a service that is new", () => {
    expect(movedPorts([], [aService("web", { port: 8080 })])).toEqual({});
  });
});

describe("a service that takes the port of one that goes", () => {
  const web = (name: string, published = 80, change = {}) =>
    aService(name, { ports: [port(published, 3000)], ...change });

  it.each([
    ["is a renamed one", [web("web")], [web("shop")], { shop: ["web"] }],
    [
      "may take those of two",
      [web("web"), web("api", 81)],
      [web("shop", 80, { ports: [port(80, 1), port(81, 2)] })],
      { shop: ["web", "api"] },
    ],
    ["is none where that one stays", [web("web")], [web("web"), web("shop")], {}],
    ["is none where it was there before", [web("web"), web("shop", 81)], [web("shop")], {}],
    ["is none on another port", [web("web")], [web("shop", 81)], {}],
    ["is none where the engine chooses the port", [web("web", 0)], [web("shop", 0)], {}],
    ["is none where it has no door", [web("web")], [web("shop", 80, { strategy: "recreate" })], {}],
  ] as const)("%s", (_title, before, after, expected) => {
    expect(portHeirs(before, after)).toEqual(expected);
  });
});

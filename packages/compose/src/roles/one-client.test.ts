import { type ComposeService, parseConfig } from "@sluice/core";
import { describe, expect, it } from "vitest";
import { classifyServices } from "./classify-services.ts";
import { oneClientFindings } from "./one-client.ts";

const nginx = { image: "nginx:alpine", ports: [{ target: 80, published: "80" }], depends_on: { app: {} } };
const app = { build: { context: "." }, expose: ["9000"] };

function found(
  services: Readonly<Record<string, ComposeService>> = { app, nginx },
  configured = "",
  active = Object.keys(services),
) {
  const model = { name: "shop", services };
  const config = parseConfig(configured, "sluice.yaml");
  return oneClientFindings(model, classifyServices(model, config.services), { active: new Set(active), config });
}

describe("a door that knows clients by their address, and has one", () => {
  it("is told of where an edge of the project depends on what speaks FastCGI", () => {
    expect(found()).toEqual([
      {
        severity: "warn",
        code: "one-client",
        service: "app",
        message:
          "all connections to app come from nginx, and its door reads none of them (tcp): it takes all users for one client, who is on one version or the other whatever the share, and no answer of app is judged",
        hint: "set traffic.sticky: none in sluice.yaml, which splits by connection (doors of HTTP then split by request), and have app judged by what it logs, checks: [{ service: app, logs: {} }], or by what a server knows of nginx's answers (prometheus)",
        path: ["services", "app"],
      },
    ]);
  });

  it("is told of where an edge names its address", () => {
    const { depends_on: _none, ...alone } = nginx;
    const addressing = { ...alone, environment: { UPSTREAM: "app:9000" } };
    expect(found({ app, nginx: addressing })).toMatchObject([{ code: "one-client", service: "app" }]);
    expect(found({ app, nginx: alone })).toEqual([]);
  });

  it("is told of with each way of knowing clients that a connection does not have", () => {
    for (const sticky of ["ip", "{ header: x-session }", "{ cookie: { domain: example.com } }"])
      expect(found(undefined, `traffic: { sticky: ${sticky} }`)).toHaveLength(1);
  });

  it.each([
    ["is configured not to", "traffic: { sticky: none }"],
    ["is told by its edge who they are", "traffic: { proxyProtocol: { in: true } }"],
    ["reads what they ask", "services: { app: { protocol: http } }"],
    ["never splits them", "rollout: { steps: [100] }"],
    ["is none, as the service is replaced stop-first", "services: { app: { strategy: recreate } }"],
  ])("is no trouble where it %s", (_why, configured) => {
    expect(found(undefined, configured)).toEqual([]);
  });

  it("is no trouble where users come to a published port themselves, or the edge does not run", () => {
    const published = { ...app, ports: [{ target: 9000, published: "9000" }] };
    expect(found({ app: published, nginx }, "services: { app: { protocol: tcp } }")).toEqual([]);
    expect(found(undefined, "", ["app"])).toEqual([]);
  });

  it("is left by what the hint says", () => {
    const { checks } = parseConfig("traffic: { sticky: none }\nchecks: [{ service: app, logs: {} }]", "sluice.yaml");
    expect(checks).toMatchObject([{ service: "app", logs: { maxRatio: 2 } }]);
  });
});

import { describe, expect, it } from "vitest";
import { aConfig, aService } from "../testing/index.ts";
import { answersChecks } from "./answers-checks.ts";

describe("that services speak what their doors take them to speak", () => {
  const told = (config: ReturnType<typeof aConfig>, services: readonly ReturnType<typeof aService>[]) =>
    answersChecks(config, services).map(({ name, port, protocol }) => `${name}: ${protocol} at ${port}`);
  const published = (...targets: number[]) =>
    targets.map((target) => ({ published: target, target, protocol: "tcp" }) as const);

  it("is asked at each port that a door reads", () => {
    const services = [
      aService("web", { ports: published(9000, 1883), protocols: { 1883: "tcp" } }),
      aService("rpc", { port: 50_051, ports: [], protocol: "h2" }),
      aService("raw", { protocol: "tcp" }),
      aService("unsaid", { port: null, ports: published(5000) }),
    ];
    expect(told(aConfig(), services)).toEqual([
      "web answers: http at 3000",
      "web answers at 9000: http at 9000",
      "rpc answers: h2 at 50051",
      "unsaid answers: http at 5000",
    ]);
  });

  it("is not asked of what has no door, and not at a port of the door's own, or one that is only exposed", () => {
    const services = [
      aService("off", { active: false }),
      aService("none", { replicas: 0 }),
      aService("legacy", { strategy: "recreate" }),
      aService("worker", { role: "worker", port: 9000 }),
      aService("web", { ports: published(8443), furtherPorts: [9000] }),
    ];
    const config = aConfig({ services: { web: { https: { hosts: ["a.example"], port: 8443, issuer: "internal" } } } });
    expect(told(config, services)).toEqual(["web answers: http at 3000"]);
  });

  it("is known without where a request goes through the door anyway, at the port where it goes", () => {
    const services = [aService("web", { ports: published(9000) }), aService("admin"), aService("shop")];
    const config = aConfig({
      checks: [{ http: { path: "/" } }, { service: "admin", tcp: { port: 3000 } }],
      services: { shop: { health: { path: "/healthz" } } },
    });
    expect(told(config, services)).toEqual(["web answers at 9000: http at 9000", "admin answers: http at 3000"]);
  });

  it("takes nothing back where it cannot be told, and knows what the application awaits first", () => {
    const config = aConfig({ traffic: { proxyProtocol: { out: true } } });
    expect(answersChecks(config, [aService("web")])).toMatchObject([{ onNoData: "warn", proxyProtocol: true }]);
  });
});

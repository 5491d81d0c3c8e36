import { describe, expect, it } from "vitest";
import { aConfig, aService } from "../testing/index.ts";
import { candidateChecks, closingChecks, missingCheckedServices, releaseChecks } from "./release-checks.ts";

describe("the checks of a release", () => {
  it("are that its web services run, and what the configuration asks for", () => {
    const services = [
      aService("web"),
      aService("off", { active: false }),
      aService("none", { replicas: 0 }),
      aService("legacy", { strategy: "recreate" }),
      aService("worker", { role: "worker" }),
    ];
    const config = aConfig({
      checks: [
        {
          http: { path: "/health", status: 204, contains: "ok", header: { "X-Version": "" }, maxTime: "500ms" },
          retries: 2,
        },
        { service: "worker", tcp: { port: 9000 } },
        { name: "cli", command: { run: ["app", "check"] }, timeout: "1s", successes: 3 },
      ],
    });
    const checks = releaseChecks(config, services);
    expect(checks.map(({ type, name, service }) => `${type} ${name} (${service})`)).toEqual([
      "container web runs (web)",
      "container legacy runs (legacy)",
      "http GET /health (web)",
      "tcp port 9000 (worker)",
      "command cli (web)",
    ]);
    expect(checks[2]).toMatchObject({
      retries: 2,
      expect: { status: [204], body: "ok", headers: { "x-version": "" }, maxMs: 500 },
    });
    expect(checks[4]).toMatchObject({ timeoutMs: 1_000, successes: 3 });
  });

  it("are asked of the candidate where it runs before users meet it, and at the end of all else", () => {
    const services = [
      aService("legacy", { strategy: "recreate" }),
      aService("web"),
      aService("worker", { role: "worker" }),
      aService("proxy", { role: "edge" }),
      aService("db", { role: "data" }),
    ];
    const names = ["legacy", "web", "worker", "proxy", "db", "nobody"];
    const config = aConfig({ checks: names.map((name) => ({ name, service: name, tcp: { port: 1 } })) });
    const named = (checks: ReturnType<typeof releaseChecks>) => checks.map(({ name }) => name);
    expect(named(candidateChecks(config, services))).toEqual(["web runs", "web", "db"]);
    expect(named(closingChecks(config, services))).toEqual(["legacy runs", "legacy", "worker", "proxy"]);
    expect(missingCheckedServices(config, services)).toEqual(["nobody"]);
  });

  it("are all asked at the end where nothing is behind a door, also those that name no service", () => {
    const services = [aService("web", { strategy: "recreate" }), aService("db", { role: "data" })];
    const config = aConfig({ checks: [{ http: { path: "/" } }, { service: "db", tcp: { port: 5432 } }] });
    expect(candidateChecks(config, services)).toEqual([]);
    expect(closingChecks(config, services)).toMatchObject([
      { name: "web runs" },
      { name: "GET /", service: "web" },
      { name: "port 5432", service: "db" },
    ]);
  });
});

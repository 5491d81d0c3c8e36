import { describe, expect, it } from "vitest";
import { aConfig, aService } from "../testing/index.ts";
import { releaseChecks } from "./release-checks.ts";

describe("the checks of a release", () => {
  it("are that its web services in slots run, and what the configuration asks for", () => {
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
      "http GET /health (web)",
      "tcp port 9000 (worker)",
      "command cli (web)",
    ]);
    expect(checks[1]).toMatchObject({
      retries: 2,
      expect: { status: [204], body: "ok", headers: { "x-version": "" }, maxMs: 500 },
    });
    expect(checks[3]).toMatchObject({ timeoutMs: 1_000, successes: 3 });
  });
});

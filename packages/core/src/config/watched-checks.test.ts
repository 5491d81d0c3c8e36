import { describe, expect, it } from "vitest";
import { aConfig, aService } from "../testing/index.ts";
import { releaseChecks } from "./release-checks.ts";
import { unwatchedFindings } from "./unwatched-findings.ts";
import { watchedChecks } from "./watched-checks.ts";

describe("the checks that watch a release", () => {
  const services = [
    aService("web"),
    aService("worker", { role: "worker" }),
    aService("db", { role: "data" }),
    aService("off", { active: false }),
  ];
  const config = aConfig({
    checks: [
      { logs: {} },
      { service: "worker", resources: { growth: { window: "1m" }, cpu: 80 }, interval: "10s", onNoData: "warn" },
      { http: { path: "/" } },
      { prometheus: { url: "http://prom:9090", query: 'up{slot="${slot}"}', min: 1 }, retries: 2 },
    ],
  });

  it("watch all services in slots, or the one that is named, each kind at its own pace", () => {
    const checks = watchedChecks(config, services);
    expect(checks.map(({ type, name, services: of, intervalMs }) => [type, name, of, intervalMs])).toEqual([
      ["logs", "logs", ["web", "worker"], 5_000],
      ["resources", "resources of worker", ["worker"], 10_000],
      ["prometheus", 'up{slot="${slot}"}', ["web", "worker"], 15_000],
    ]);
    expect(checks[1]).toMatchObject({ growth: { windowMs: 60_000 }, cpuMax: 80, onNoData: "warn" });
    expect(checks[2]).toMatchObject({ min: 1, retries: 2 });
  });

  it("are not among those that are made once", () => {
    expect(releaseChecks(config, services).map(({ type }) => type)).toEqual(["container", "http"]);
  });

  describe("and name a service nothing of which runs", () => {
    const idle = [
      aService("web"),
      aService("off", { active: false }),
      aService("none", { role: "worker", strategy: "recreate", replicas: 0 }),
      aService("migrate", { role: "job" }),
      aService("seed", { role: "tool" }),
      aService("db", { role: "data" }),
    ];
    const checks = idle.map(({ name }) => ({ service: name, logs: {} }));
    const elsewhere = { service: "off", prometheus: { url: "http://prom", query: "up", min: 1 } };
    const all = aConfig({ checks: [...checks, elsewhere, { service: "unreleased", resources: {} }] });

    it("are left out, unless a server elsewhere is asked", () => {
      expect(watchedChecks(all, idle).map(({ name }) => name)).toEqual(["logs of web", "logs of db", "up"]);
    });

    it("are told with the reason", () => {
      expect(unwatchedFindings(all, idle).map(({ severity, message }) => [severity, message])).toEqual([
        ["warn", expect.stringContaining('logs of off" watches nothing and is left out: off is in none of the active')],
        ["warn", expect.stringContaining("none has no replicas")],
        ["warn", expect.stringContaining("migrate is a job")],
        ["warn", expect.stringContaining("seed is a tool")],
      ]);
    });
  });

  it("ask Sentry where the section sentry says it is, and are refused without one", () => {
    const checks = [{ sentry: { max: 1 } }];
    const sentry = { organization: "acme", token: "${env:TOKEN}" };
    expect(watchedChecks(aConfig({ checks, sentry }), services)).toMatchObject([
      { type: "sentry", max: 1, minEvents: 3, sentry: { url: "https://sentry.io", release: "${release}" } },
    ]);
    expect(() => aConfig({ checks })).toThrow("expected a section sentry");
  });

  it.each([
    ["a query without limits", { url: "http://prom", query: "up" }, "expected min, max or both"],
    ["a query for something unknown", { url: "http://prom", query: "up[${window}]", min: 1 }, "${window} is none of"],
  ])("are refused with %s", (_what, prometheus, message) => {
    expect(() => aConfig({ checks: [{ prometheus }] })).toThrow(message);
  });
});

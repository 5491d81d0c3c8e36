import { describe, expect, it } from "vitest";
import { aConfig, aService } from "../testing/index.ts";
import { releaseChecks } from "./release-checks.ts";

describe("checks of load, certificates and other servers", () => {
  it("have time for all that they do", () => {
    const config = aConfig({
      checks: [
        { load: { path: "/", rate: 5, for: "20s", expect: { p95: "300ms" } }, timeout: "2s" },
        { certificate: { host: "shop.example.com" } },
        { service: "worker", reachable: ["smtp.example.com:587", "[2001:db8::1]:443"], timeout: "3s" },
      ],
    });
    expect(releaseChecks(config, [aService("web"), aService("worker", { role: "worker" })]).slice(1)).toMatchObject([
      { type: "load", rate: 5, durationMs: 20_000, requestTimeoutMs: 2_000, timeoutMs: 32_000, expect: { p95Ms: 300 } },
      { type: "certificate", name: "certificate of shop.example.com", port: 443, minDays: 14, timeoutMs: 5_000 },
      { type: "reachable", service: "worker", connectMs: 3_000, timeoutMs: 13_000 },
    ]);
  });

  it.each(["smtp.example.com", "host:1,fork", "-host:1", "a b:1", "$(id):1", "EXEC:id:1", "host:port"])(
    "take no %s for a server",
    (target) => {
      expect(() => aConfig({ checks: [{ reachable: [target] }] })).toThrow("expected host:port");
    },
  );

  it("are no test of minutes", () => {
    expect(() => aConfig({ checks: [{ load: { path: "/", for: "5m" } }] })).toThrow("expected 1s to 2m");
  });
});

import { expect, it } from "vitest";
import { aBundle, aConfig, aService } from "../testing/index.ts";
import {
  healthHostOf,
  healthPathOf,
  judgedBy,
  storableChecks,
  storedChecks,
  undoneTo,
  withSettings,
} from "./release-settings.ts";
import type { WrittenConfig } from "./schema.ts";

const every: NonNullable<WrittenConfig["checks"]> = [
  { name: "home", http: { path: "/", headers: { authorization: "Bearer ${env:TOKEN}" }, maxTime: "1m0.5s" } },
  { service: "db", tcp: { port: 5432 }, timeout: "2s", onNoData: "warn" },
  { command: { run: ["true"] }, retries: 2, successes: 3 },
  { sequence: [{ path: "/login", capture: { token: { json: "$.token" } } }, { path: "/${token}" }] },
  { load: { path: "/", for: "1s", expect: { p95: "200ms" } } },
  { certificate: { host: "shop.example.com" } },
  { reachable: ["db:5432"] },
  { logs: { patterns: ["panic"], window: "10m" }, interval: "250ms" },
  { resources: { memory: { max: "512m" }, growth: { max: 1_000_000, window: "30s" } } },
  { prometheus: { url: "${PROMETHEUS}", query: 'up{slot="${slot}"}', min: 1 } },
];
const config = aConfig({ checks: every });

/** As a bundle is written and read again. */
const kept = (checks: readonly unknown[]) => JSON.parse(JSON.stringify(checks)) as readonly unknown[];

it("every check comes out of a bundle as it went in", () => {
  expect(storedChecks({ checks: kept(storableChecks(config.checks)) })).toEqual(config.checks);
});

it("a bundle holds references, and never what they stand for", () => {
  expect(JSON.stringify(storableChecks(config.checks))).toContain("Bearer ${env:TOKEN}");
});

it("what a check has by default, and a bundle of before does not say, is filled in", () => {
  expect(storedChecks({ checks: [{ http: { path: "/" } }] })).toEqual(
    aConfig({ checks: [{ http: { path: "/" } }] }).checks,
  );
});

it("a release is judged by its own checks, and by those of the configuration where nobody knows its own", () => {
  const now = aConfig({ checks: [{ http: { path: "/now" } }], rollout: { bake: "1m" } });
  expect(judgedBy(now, { checks: storableChecks(config.checks) })).toEqual({ ...now, checks: config.checks });
  expect(judgedBy(now, { checks: [] }).checks).toEqual([]);
  expect(judgedBy(now, {})).toBe(now);
  expect(judgedBy(now, { checks: [{ oracle: { asks: "everything" } }] })).toBe(now);
});

it("a service has the health path of its release, which may be none, and that of the configuration where nobody knows it", () => {
  const now = aConfig({ services: { web: { health: { path: "/now" } } } });
  const pathOf = (healthPath?: string | null) => healthPathOf(aService("web", { healthPath }), now);
  expect([pathOf("/then"), pathOf(null), pathOf()]).toEqual(["/then", null, "/now"]);
  expect(healthPathOf(aService("admin"), now)).toBeNull();
});

it("who is asked for that path is what goes with it, of the release or of the configuration", () => {
  const now = aConfig({ services: { web: { health: { path: "/now", host: "now.test" } } } });
  expect(healthHostOf(aService("web"), now)).toBe("now.test");
  expect(healthHostOf(aService("web", { healthPath: "/then" }), now)).toBeUndefined();
  expect(healthHostOf(aService("web", { healthPath: "/then", healthHost: "then.test" }), now)).toBe("then.test");
  const then = aBundle("r1", { services: [aService("web", { healthPath: "/then", healthHost: "then.test" })] });
  const hostOf = (config = now) => withSettings(then, config).services.map(({ healthHost }) => healthHost);
  expect([hostOf(), hostOf(aConfig())]).toEqual([["now.test"], [undefined]]);
});

it("a release that is undone to has the PROXY protocol that it was deployed with, where that is known", () => {
  const now = aConfig({ traffic: { proxyProtocol: { in: true, out: true } } });
  const proxyProtocol = { in: false, out: false };
  expect(undoneTo(now, { proxyProtocol })).toEqual(aConfig());
  expect(undoneTo(now, {})).toBe(now);
});

it("a release that is deployed again is judged by the configuration, and so are its doors", () => {
  const proxyProtocol = { in: false, out: true };
  const services = { web: { health: { path: "/now" } } };
  const now = aConfig({ services, checks: every, traffic: { proxyProtocol } });
  const then = [aService("web", { healthPath: "/then" }), aService("admin", { healthPath: "/then" })];
  const asked = withSettings(aBundle("r1", { services: then, checks: [{ http: { path: "/then" } }] }), now);
  expect(asked.services.map(({ healthPath }) => healthPath)).toEqual(["/now", null]);
  expect(asked.services.map((service) => service.proxyProtocol)).toEqual([proxyProtocol, proxyProtocol]);
  expect(storedChecks(asked)).toEqual(now.checks);
});

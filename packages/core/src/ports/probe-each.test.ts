import { setImmediate } from "node:timers/promises";
import { expect, it } from "vitest";
import { releaseChecks } from "../config/release-checks.ts";
import { aConfig, aService } from "../testing/index.ts";
import { probeEach } from "./probe-each.ts";
import type { Prober } from "./prober.ts";

it("checks run at once, those that put load on the release after them and one by one, with verdicts in their order", async () => {
  const load = (path: string) => ({ load: { path, for: "1s", expect: { p95: "1s" } } });
  const config = aConfig({ checks: [load("/one"), { tcp: { port: 80 } }, load("/two"), { http: { path: "/" } }] });
  const story: string[] = [];
  const prober: Prober = {
    async probe({ name }) {
      story.push(`begin ${name}`);
      await setImmediate();
      story.push(`end ${name}`);
      return { check: name, result: "pass", value: "", limit: "", n: 1 };
    },
  };
  const target = { slot: "green", containers: {}, doors: {} } as const;
  const verdicts = await probeEach(prober, releaseChecks(config, [aService("web")]), target);
  expect(verdicts.map(({ check }) => check)).toEqual(["web runs", "load of /one", "port 80", "load of /two", "GET /"]);
  expect(story.slice(0, 3)).toEqual(["begin web runs", "begin port 80", "begin GET /"]);
  expect(story.slice(-4)).toEqual(["begin load of /one", "end load of /one", "begin load of /two", "end load of /two"]);
});

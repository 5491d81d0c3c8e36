import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { createComposeRuntime } from "@sluice/compose";
import { defaultConfig, parseConfig, type Verdict, type WatchTarget, watchedChecks } from "@sluice/core";
import { systemClock } from "@sluice/core/node";
import { aContainer, aService } from "@sluice/core/testing";
import { uniqueStackName } from "@sluice/testing";
import { afterAll, describe, expect, it } from "vitest";
import { liveTarget, watchLive } from "../src/watch/watch-live.ts";
import { createStackWatcher } from "../src/watch/watcher.ts";

const run = promisify(execFile);
const docker = async (...args: readonly string[]) => (await run("docker", [...args])).stdout.trim();

const image = "sluice-test/shop-base";
const stack = uniqueStackName("watcher");
const containers: string[] = [];
let count = 0;

async function start(script: string, ...options: readonly string[]): Promise<string> {
  const name = `${stack}-${++count}`;
  containers.push(name);
  return docker("run", "-d", "--name", name, ...options, image, "node", "-e", script);
}

afterAll(async () => {
  if (containers.length > 0) await docker("rm", "-f", "-v", ...containers);
});

const runtime = createComposeRuntime({
  env: process.env,
  clock: systemClock,
  config: () => Promise.resolve(defaultConfig()),
  readRouting: () => Promise.reject(new Error("there is no door")),
});
const watcher = createStackWatcher(runtime, systemClock, {});

/** The verdict of the one check of a configuration, after as long as it needs or `forMs`. */
async function verdictOf(check: object, target: Partial<WatchTarget>, forMs = 0): Promise<Verdict> {
  const config = parseConfig(JSON.stringify({ checks: [check] }), "sluice.yaml");
  const [watched] = watchedChecks(config, [aService("web")]);
  if (!watched) throw new Error("no check");
  const whole: WatchTarget = {
    stack,
    slot: "green",
    release: "v2",
    containers: {},
    share: 100,
    previous: null,
    ...target,
  };
  if (forMs === 0) return watchLive({ clock: systemClock, watcher }, watched, whole);
  await using watching = await watcher.begin(watched, whole);
  await systemClock.sleep(forMs);
  return await watching.look(10);
}

// All at once: each mostly waits.
describe.concurrent("on real containers", () => {
  const resources = { resources: { growth: { window: "6s" } }, interval: "500ms" };

  it("a leak is told from a steady process, and the memory it has from the limit", async () => {
    const [steady, leaking] = await Promise.all([
      start("setInterval(() => {}, 1000)"),
      start("const kept = []; setInterval(() => kept.push(Buffer.alloc(1_000_000, 1)), 100)"),
    ]);
    const [good, bad] = await Promise.all([
      verdictOf(resources, { containers: { web: [steady] } }),
      verdictOf(resources, { containers: { web: [leaking] } }),
    ]);
    expect(good).toMatchObject({ result: "pass" });
    expect(bad).toMatchObject({ result: "fail", value: expect.stringMatching(/grows by \d+ MiB a minute/) });
  });

  it("one that ends and is started again is found, and one that is killed for memory", async () => {
    const [crashing, hungry] = await Promise.all([
      start("setTimeout(() => process.exit(7), 3000)", "--restart", "always"),
      start(
        "const kept = []; setTimeout(() => setInterval(() => kept.push(Buffer.alloc(8_000_000, 1)), 20), 2000)",
        "--memory",
        "96m",
        "--memory-swap",
        "96m",
      ),
    ]);
    const [ended, killed] = await Promise.all([
      verdictOf(resources, { containers: { web: [crashing] } }, 8_000),
      verdictOf(resources, { containers: { web: [hungry] } }, 8_000),
    ]);
    expect(ended).toMatchObject({ result: "fail", value: expect.stringMatching(/^ended \d+ times, exit code 7$/) });
    expect(killed).toMatchObject({ result: "fail", value: expect.stringMatching(/^killed for memory/) });
  });

  it("errors that only the log has are found next to what the version before wrote", async () => {
    const writing = (errors: number) =>
      start(`let n = 0; setInterval(() => console.log(++n % 10 < ${errors} ? "ERROR: no mail" : "ok"), 110)`);
    const [before, same, worse] = await Promise.all([writing(1), writing(1), writing(8)]);
    await systemClock.sleep(5_000);
    const previous = { release: "v1", containers: { web: [before] }, share: 50, servedUntil: new Date() };
    const beside = (id: string) => verdictOf({ logs: {} }, { containers: { web: [id] }, share: 50, previous }, 8_000);
    const [good, bad] = await Promise.all([beside(same), beside(worse)]);
    expect(good).toMatchObject({ result: "pass" });
    expect(bad).toMatchObject({ result: "fail", detail: expect.stringContaining("ERROR: no mail") });
    expect(bad.p).toBeLessThan(0.001);
  });

  it("what one that has just started wrote is all known at the first look", async () => {
    const lines = 'for (let n = 0; n < 200; n++) console.log("FATAL: no key " + n); setInterval(() => {}, 1000)';
    const id = await start(lines);
    await systemClock.sleep(2_000);
    const containers = [aContainer("web", { id, startedAt: new Date(Date.now() - 10_000).toISOString() })];
    const target = liveTarget({ stack, slot: "green", release: "v2", containers }, new Date());
    expect(await verdictOf({ logs: { never: ["FATAL"] } }, target)).toMatchObject({
      result: "fail",
      value: "a line that must never be",
    });
  });
});

import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { labels } from "@sluice/core";
import { afterAll, describe, expect, it } from "vitest";
import { busybox } from "./support/busybox.ts";
import { docker, uniqueStack } from "./support/engine.ts";
import { openRuntime, runtime } from "./support/runtime.ts";

const { slots } = runtime;
const stack = uniqueStack("stops");
const graceSeconds = 4;

/** A worker of slot blue that does not heed SIGTERM, nor does the engine bring it back by itself. */
async function aStubbornWorker(service: string, restart = "no", grace = graceSeconds): Promise<string> {
  const marks = {
    [labels.stack]: stack.name,
    "com.docker.compose.project": `${stack.name}-blue`,
    "com.docker.compose.service": service,
    "com.docker.compose.oneoff": "False",
  };
  const args = Object.entries(marks).flatMap(([key, value]) => ["--label", `${key}=${value}`]);
  const name = `${stack.name}-blue-${service}-1`;
  args.push("--restart", restart, "--stop-timeout", String(grace));
  return docker("run", "-d", "--name", name, ...args, busybox, "sh", "-c", "trap '' TERM; while :; do sleep 1; done");
}

const isRunning = async (id: string) => (await docker("inspect", "-f", "{{.State.Running}}", id)) === "true";
const startedAt = (id: string) => docker("inspect", "-f", "{{.State.StartedAt}}", id);
const untilGraceIsOver = () => delay((graceSeconds + 2) * 1_000);

/** Another process asks the engine to stop it, and is killed before the engine has done so. */
async function stopAndDie(id: string): Promise<void> {
  const asking = spawn("docker", ["stop", id]);
  const ended = once(asking, "exit");
  await delay(1_000);
  asking.kill("SIGKILL");
  await ended;
}

afterAll(() => stack.remove());

// Beside each other, each with a container of its own: all wait until the engine would have killed it.
describe.concurrent("a container that is being stopped", () => {
  it.each(["no", "unless-stopped"])("runs for good when it is started meanwhile (restart: %s)", async (restart) => {
    const service = `slow-${restart}`;
    const id = await aStubbornWorker(service, restart);
    const stopping = slots.stop(stack.name, "blue", [service]);
    await delay(500);
    await slots.start(stack.name, "blue", [service]);
    await stopping;
    await untilGraceIsOver();
    expect(await isRunning(id)).toBe(true);
  });

  it("is started also where the stop was asked for with a grace of its own", async () => {
    const id = await aStubbornWorker("plain");
    const stopping = slots.stopPlain([id], graceSeconds * 1_000);
    await delay(500);
    await slots.startPlain([id]);
    await stopping;
    await untilGraceIsOver();
    expect(await isRunning(id)).toBe(true);
  });

  it("runs for good, too, when another process had begun to stop it and is dead", async () => {
    const id = await aStubbornWorker("orphan");
    await stopAndDie(id);
    expect(await isRunning(id)).toBe(true);
    await slots.startPlain([id]);
    await untilGraceIsOver();
    expect(await isRunning(id)).toBe(true);
  });
});

/** The engine remembers 256 events of the whole machine. */
async function letItForget(): Promise<void> {
  const name = `${stack.name}-forgotten`;
  for (let made = 0; made < 140; made += 20) {
    const names = Array.from({ length: 20 }, (_, index) => `${name}-${made + index}`);
    await Promise.all(names.map((one) => docker("volume", "create", one)));
    await docker("volume", "rm", ...names);
  }
}

describe("a stop that the engine tells nobody of any more", () => {
  it("is known to the run that comes after the one that asked for it", { timeout: 60_000 }, async () => {
    const id = await aStubbornWorker("forgotten", "no", 12);
    const dead = openRuntime();
    const begin = performance.now();
    const asked = dead.slots.stop(stack.name, "blue", ["forgotten"]).catch(() => undefined);
    await delay(500);
    await letItForget();
    const before = await startedAt(id);
    expect(await isRunning(id)).toBe(true);
    await openRuntime().slots.start(stack.name, "blue", ["forgotten"]);
    expect(await startedAt(id)).not.toBe(before);
    await asked;
    // The engine, which heard of it a moment later, would have killed it by then.
    await delay(begin + 16_000 - performance.now());
    expect(await isRunning(id)).toBe(true);
  });

  it("is of one run of the container: one that was started since is left as it is", async () => {
    const id = await aStubbornWorker("stopped-once", "no", 1);
    await openRuntime().slots.stop(stack.name, "blue", ["stopped-once"]);
    await docker("start", id);
    const before = await startedAt(id);
    await openRuntime().slots.start(stack.name, "blue", ["stopped-once"]);
    expect(await startedAt(id)).toBe(before);
  });
});

describe("a container that runs", () => {
  it("is left as it is by a start, also when it got another signal", async () => {
    const id = await aStubbornWorker("calm");
    await docker("kill", "--signal", "HUP", id);
    const before = await startedAt(id);
    await slots.startPlain([id]);
    expect(await startedAt(id)).toBe(before);
  });
});

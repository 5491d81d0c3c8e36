import { afterAll, describe, expect, it } from "vitest";
import { busybox } from "./support/busybox.ts";
import { docker, uniqueStack } from "./support/engine.ts";
import { runtime } from "./support/runtime.ts";

const stack = uniqueStack("stats");
const { stats, logs } = runtime;
let count = 0;
const run = (script: string, ...options: readonly string[]) =>
  docker("run", "-d", "--init", "--name", `${stack.name}-${++count}`, ...options, busybox, "sh", "-c", script);

afterAll(() => stack.remove());

describe("what a container uses", () => {
  it("is its memory and processor, and the limit that it has", async () => {
    const [busy, idle] = await Promise.all([
      run("while :; do :; done", "--memory", "64m", "--cpus", "0.2"),
      run("sleep 60"),
    ]);
    const first = await stats.usage(busy);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    const second = await stats.usage(busy);
    expect(first?.memoryLimitBytes).toBe(64 * 1_048_576);
    expect(first?.memoryBytes).toBeGreaterThan(0);
    expect(second?.startedAt).toBe(first?.startedAt);
    const cpu = ((second?.cpuMs ?? 0) - (first?.cpuMs ?? 0)) / ((second?.at ?? 0) - (first?.at ?? 0));
    // It may have 0.2; on a busy machine it gets less.
    expect(cpu).toBeGreaterThan(0);
    expect(cpu).toBeLessThan(0.4);
    expect((await stats.usage(idle))?.memoryLimitBytes).toBeNull();
  });

  it("is nothing for one that does not run, or is not there", async () => {
    const id = await run("true");
    await docker("wait", id);
    expect(await stats.usage(id)).toBeNull();
    expect(await stats.usage(`${stack.name}-nobody`)).toBeNull();
  });
});

describe("falls", () => {
  it("are told as they happen, of the containers that were asked for: ends, and processes killed for memory", async () => {
    const [other, short, hungry] = await Promise.all([
      run("sleep 1"),
      run("sleep 1; exit 3"),
      // What is killed is a process inside; the container goes on.
      run("sleep 1; tail /dev/zero; sleep 60", "--memory", "16m", "--memory-swap", "16m"),
    ]);
    const stop = new AbortController();
    const seen: string[] = [];
    for await (const { container, kind, exitCode } of await stats.falls([short, hungry], stop.signal)) {
      expect(container).not.toBe(other);
      seen.push(`${kind} ${exitCode} of ${container === short ? "short" : "hungry"}`);
      if (new Set(seen).size >= 2) stop.abort();
    }
    expect(seen).toEqual(expect.arrayContaining(["die 3 of short", "oom null of hungry"]));
  });
});

describe("what a container wrote", () => {
  it("is given from one moment to another", async () => {
    const id = await run("for i in 1 2 3 4 5 6; do echo $i; sleep 0.5; done; sleep 60");
    await new Promise((resolve) => setTimeout(resolve, 4_000));
    const all: { text: string; at: string }[] = [];
    const signal = AbortSignal.timeout(20_000);
    for await (const line of logs.lines(id, { since: new Date(0), until: new Date() }, signal)) all.push(line);
    expect(all.map(({ text }) => text)).toEqual(["1", "2", "3", "4", "5", "6"]);
    const [since, until] = [all[1], all[3]].map((line) => new Date(Date.parse(line?.at ?? "") + 100));
    if (!since || !until) throw new Error("no lines");
    const some: string[] = [];
    for await (const { text } of logs.lines(id, { since, until }, signal)) some.push(text);
    expect(some).toEqual(["3", "4"]);
  });

  it("from now on is what comes, without what was", async () => {
    const id = await run("seq 1000; sleep 2; while :; do echo new; sleep 0.1; done");
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const stop = new AbortController();
    const lines: string[] = [];
    for await (const { text } of logs.lines(id, { since: "now" }, stop.signal)) {
      lines.push(text);
      if (lines.length === 3) stop.abort();
    }
    // A chunk may hold more of them than were waited for.
    expect([...new Set(lines)]).toEqual(["new"]);
  });
});

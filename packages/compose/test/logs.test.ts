import { afterAll, describe, expect, it } from "vitest";
import { docker, uniqueStack } from "./support/engine.ts";
import { runtime } from "./support/runtime.ts";

const stack = uniqueStack("logs");
const run = (name: string, script: string, ...options: readonly string[]) =>
  docker(
    "run",
    "-d",
    "--init",
    "--name",
    `${stack.name}-${name}`,
    ...options,
    "sluice-test/busybox",
    "sh",
    "-c",
    script,
  );

afterAll(() => stack.remove());

describe("followLogs", () => {
  it("gives the last lines of each container, and ends", async () => {
    const ids = [await run("one", "seq 5; sleep 0.3; echo oops >&2"), await run("two", "echo only", "-t")];
    await docker("wait", ...ids);
    const lines: string[] = [];
    for await (const { container, stream, text, at } of runtime.followLogs(ids, { tail: 2 })) {
      expect(Date.parse(at)).toBeGreaterThan(0);
      lines.push(`${ids.indexOf(container)} ${stream} ${text}`);
    }
    expect(lines.toSorted()).toEqual(["0 stderr oops", "0 stdout 5", "1 stdout only"]);
  });

  it.each([[[]], [["-t"]]])("gives a long line whole, as it was written (%j)", async (options) => {
    const script = "head -c 40000 /dev/zero | tr '\\0' x; echo; echo next";
    const id = await run(`long${options.length}`, script, ...options);
    await docker("wait", id);
    const lines: string[] = [];
    for await (const { text } of runtime.followLogs([id])) lines.push(text);
    expect(lines).toEqual(["x".repeat(40_000), "next"]);
  });

  it("ends with what is there when a container runs on in silence", async () => {
    const id = await run("silent", "echo once; sleep 60");
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const lines: string[] = [];
    const signal = AbortSignal.timeout(10_000);
    for await (const { text } of runtime.followLogs([id], { signal })) lines.push(text);
    expect({ lines, aborted: signal.aborted }).toEqual({ lines: ["once"], aborted: false });
  });

  it("follows several containers as they write, until it is told to stop", async () => {
    const ids = [
      await run("fast", "while :; do echo fast; sleep 0.1; done"),
      await run("slow", "sleep 1; echo slow; sleep 60"),
    ];
    const controller = new AbortController();
    const seen = new Set<string>();
    for await (const { text } of runtime.followLogs(ids, { follow: true, signal: controller.signal })) {
      seen.add(text);
      if (seen.size === 2) controller.abort();
    }
    expect(seen).toEqual(new Set(["fast", "slow"]));
  });

  it("ends with what is there when a container goes on writing", async () => {
    const id = await run("busy", "echo begin; while :; do echo more; sleep 0.05; done");
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    const lines: string[] = [];
    for await (const { text } of runtime.followLogs([id])) lines.push(text);
    expect(lines[0]).toBe("begin");
  });
});

describe("events", () => {
  it("tells what happens to containers of a stack, and of no other", async () => {
    const controller = new AbortController();
    const events = await runtime.events(stack.name, controller.signal);
    await run("other", "true");
    const id = await run("own", "exit 3", "--label", `dev.sluice.stack=${stack.name}`);
    const seen: string[] = [];
    for await (const { action, attributes, id: from } of events) {
      seen.push(`${action} ${attributes["exitCode"] ?? ""} of ${from === id ? "own" : "other"}`);
      if (action === "die") controller.abort();
    }
    expect(seen).toEqual(expect.arrayContaining(["start  of own", "die 3 of own"]));
    expect(seen.join()).not.toContain("other");
  });
});

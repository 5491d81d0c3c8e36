import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type Clock,
  createEvent,
  createRedactor,
  type SluiceEvent,
  type Tellable,
  type WrittenConfig,
} from "@sluice/core";
import { systemClock } from "@sluice/core/node";
import { deploy, recoverUnfinished, rollback } from "@sluice/engine";
import { createOutbox, type OutboxEntry } from "@sluice/notify";
import { aConfig, aRequest, createFakeWorld } from "@sluice/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openChannels } from "../src/notify/channels.ts";
import { createLastWord } from "../src/notify/last-word.ts";
import { type PersonWanted, waitingOf } from "../src/notify/notification-of.ts";
import { type NotifyParts, withNotifications } from "../src/notify/with-notifications.ts";
import { receiver } from "./receiver.ts";
import { someFacts } from "./support/facts.ts";

let directory = "";
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "sluice-notifications-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

/** The machine's clock, at the time of the world in memory. */
const clock: Clock = { ...systemClock, now: () => new Date(Date.UTC(2026, 0, 1, 0, 20)) };

/** A real engine in a world in memory, real notifications to real servers. */
function aStack(url: string, written: WrittenConfig = {}, on?: readonly Tellable[]) {
  const world = createFakeWorld();
  const config = aConfig({
    ...written,
    notify: { timeout: "2s", channels: { team: { slack: { url: "${CHAT}" }, ...(on ? { on: [...on] } : {}) } } },
  });
  const events: SluiceEvent[] = [];
  const lastWord = createLastWord((event) => events.push(event));
  const opened = openChannels(config, { CHAT: url });
  const request = someFacts(config);
  const run = <T>(
    work: (ports: ReturnType<typeof world.ports>) => Promise<T>,
    signal = new AbortController().signal,
  ) => {
    const ports = { ...world.ports(), onEvent: lastWord.sink };
    const parts: NotifyParts = {
      stack: "shop",
      config,
      opened,
      outboxDir: join(directory, "outbox"),
      journal: ports.journal,
      clock,
      redact: createRedactor([...opened.secrets, "hunter22"]),
      lastWord,
      link: "https://github.com/o/r/actions/runs/7",
    };
    return withNotifications(parts, { actor: "ada", reason: "a test", release: "v2" }, signal, () => work(ports));
  };
  const never = new AbortController().signal;
  return {
    world,
    events,
    run,
    deploy: (tag: string, signal?: AbortSignal, override?: string) =>
      run((ports) => deploy({ ...request, release: aRequest(tag), override }, ports, signal ?? never), signal),
    rollback: () => run((ports) => rollback(request, ports, never)),
    recover: (choice?: "finish" | "undo" | "undo-or-finish") =>
      run((ports) => recoverUnfinished(request, request.project, ports, never, { choice })),
  };
}

const titles = (bodies: readonly string[]) => bodies.map((body) => (JSON.parse(body) as { text: string }).text);
const warnings = (events: readonly SluiceEvent[]) =>
  events.flatMap((event) => (event.type === "finding" && event.finding.code === "not-notified" ? [event.finding] : []));

const wanted = (step: string): SluiceEvent =>
  createEvent(clock.now(), {
    type: "person-wanted",
    deployment: "d2",
    tag: "v2",
    step,
    why: "10 % needs approval",
    waitMs: 3_600_000,
    next: "sluice traffic approve",
  });

/** A deployment whose process is killed before an effect of this name: it tells nobody anything any more. */
async function killedAt(stack: ReturnType<typeof aStack>, effect: string, tag: string): Promise<void> {
  stack.world.calls.fault = ({ name }) => (name.startsWith(effect) ? "crash" : undefined);
  await deployUntold(stack, tag).catch(() => undefined);
  stack.world.restart();
}

describe("people are told", () => {
  it("of what went live, what failed, and what went back, each once", async () => {
    await using chat = await receiver();
    const stack = aStack(chat.url);
    await stack.deploy("v1");
    stack.world.calls.fault = ({ name }) => (name.startsWith("slots.start") ? new Error("no memory") : undefined);
    expect(await stack.deploy("v2")).toMatchObject({ outcome: "failed", exitCode: 20 });
    stack.world.restart();
    await stack.deploy("v3");
    await stack.rollback();
    expect(titles(chat.received)).toEqual([
      "✅ shop: v1 is live",
      "❌ shop: v2 failed before it took over",
      "✅ shop: v3 is live",
      "✅ shop: back to v1",
    ]);
    expect(chat.received[1]).toContain("*Cause*\\nno memory");
    expect(chat.received[1]).toContain("*Serving*\\nv1 (blue, 100 %)");
    expect(chat.received[0]).toContain("*By*\\nada");
    expect(chat.received[0]).toContain("*Longest steps*");
  });

  it("that something begins, where they ask for it, before they are told how it ended", async () => {
    await using chat = await receiver();
    const stack = aStack(chat.url, {}, ["begun", "live", "failed"]);
    await stack.deploy("v1");
    expect(await stack.deploy("v1")).toMatchObject({ outcome: "nothing-to-do" });
    stack.world.calls.fault = ({ name }) => (name.startsWith("slots.start") ? new Error("no memory") : undefined);
    await stack.deploy("v2");
    stack.world.restart();
    await stack.deploy("v3");
    await stack.rollback();
    expect(titles(chat.received)).toEqual([
      "🚧 shop: v1 is being deployed",
      "✅ shop: v1 is live",
      "🚧 shop: v2 is being deployed",
      "❌ shop: v2 failed before it took over",
      "🚧 shop: v3 is being deployed",
      "✅ shop: v3 is live",
      "🚧 shop: going back to v1",
      "✅ shop: back to v1",
    ]);
    expect(chat.received[0]).toContain("*By*\\nada");
    expect(chat.received[0]).not.toContain("Serving");
  });

  it("that it waits for them, while it does, with what to type", async () => {
    await using chat = await receiver();
    const stack = aStack(chat.url);
    await stack.deploy("v1");
    await stack.run(async ({ onEvent }) => {
      for (const step of ["approval-1", "approval-2", "approval-2"]) onEvent(wanted(step));
      await expect.poll(() => chat.received.length).toBe(3);
    });
    expect(titles(chat.received).slice(1)).toEqual(Array.from({ length: 2 }, () => "🙋 shop: v2 waits for a person"));
    expect(chat.received[1]).toContain("10 % needs approval; waits 1h");
    expect(chat.received[1]).toContain("sluice traffic approve, or sluice traffic abort");
    expect(chat.received[1]).not.toContain("Serving");
  });

  it("that it waits, without holding it up where nobody takes it", async () => {
    await using chat = await receiver(null);
    const stack = aStack(chat.url);
    const beganMs = performance.now();
    await stack.run(async ({ onEvent }) => {
      onEvent(wanted("approval-1"));
      await expect.poll(() => chat.received.length).toBe(1);
    });
    // Of the 2 s that telling people may take.
    expect(performance.now() - beganMs).toBeLessThan(1_900);
    expect(warnings(stack.events)).toHaveLength(1);
  });

  it("not of what was there already", async () => {
    await using chat = await receiver();
    const stack = aStack(chat.url);
    await stack.deploy("v1");
    expect(await stack.deploy("v1")).toMatchObject({ outcome: "nothing-to-do" });
    expect(chat.received).toHaveLength(1);
  });

  it("of an attempt that was killed, by the run that recovers it, and of that run's own", async () => {
    await using chat = await receiver();
    const stack = aStack(chat.url);
    await stack.deploy("v1");
    await killedAt(stack, "prober.probe", "v2");
    await stack.deploy("v3");
    expect(titles(chat.received)).toEqual(["✅ shop: v1 is live", "⏸️ shop: v2 was interrupted", "✅ shop: v3 is live"]);
  });

  it("of an attempt that was killed, also where the run that recovered it was killed in the one that it then began", async () => {
    await using chat = await receiver();
    const stack = aStack(chat.url);
    await stack.deploy("v1");
    await killedAt(stack, "prober.probe", "v2");
    await killedAt(stack, "prober.probe", "v3");
    await stack.recover("finish");
    expect(titles(chat.received)).toEqual(["✅ shop: v1 is live", "⏸️ shop: v2 was interrupted", "✅ shop: v3 is live"]);
  });

  it("of an interruption, although the one who interrupts waits for nothing", async () => {
    await using chat = await receiver();
    const stack = aStack(chat.url);
    const controller = new AbortController();
    stack.world.calls.fault = ({ name }) =>
      name.startsWith("slots.start") ? () => controller.abort(new Error("asked to stop")) : undefined;
    expect(await stack.deploy("v1", controller.signal)).toMatchObject({ outcome: "interrupted" });
    expect(titles(chat.received)).toEqual(["⏸️ shop: v1 was interrupted"]);
  });

  it.each([
    ["undo", "prober.probe", "⏸️ shop: v2 was interrupted"],
    ["finish", "journal.append deployment-end", "✅ shop: v2 is live"],
    ["undo-or-finish", "prober.probe", "⏸️ shop: v2 was interrupted"],
    ["undo-or-finish", "journal.append deployment-end", "✅ shop: v2 is live"],
  ] as const)("of an attempt that somebody recovers: %s, killed before %s", async (choice, effect, title) => {
    await using chat = await receiver();
    const stack = aStack(chat.url);
    await stack.deploy("v1");
    await killedAt(stack, effect, "v2");
    await stack.recover(choice);
    expect(titles(chat.received).slice(1)).toEqual([title]);
  });

  it.each([
    ["undo", "⏸️ shop: v2 was interrupted", "v1 (blue, 100 %)"],
    ["finish", "✅ shop: v2 is live", "v2 (green, 100 %)"],
  ] as const)(
    "of an attempt that was left after its cutover, and of what became of it: %s",
    async (choice, title, serves) => {
      await using chat = await receiver();
      const stack = aStack(chat.url, { rollout: { steps: [100], bake: "30s" } });
      await stack.deploy("v1");
      const controller = new AbortController();
      stack.world.calls.fault = ({ name }) =>
        name === "journal.append step-intent bake-1" ? () => controller.abort(new Error("asked to stop")) : undefined;
      expect(await stack.deploy("v2", controller.signal)).toMatchObject({ outcome: "interrupted" });
      stack.world.restart();
      await stack.recover(choice);
      expect(await stack.recover()).toBeNull();
      expect(titles(chat.received).slice(1)).toEqual(["⏸️ shop: v2 was interrupted", title]);
      expect(chat.received[1]).toContain("*Serving*\\nv2 (green, 100 %)");
      expect(chat.received[2]).toContain(`*Serving*\\n${serves}`);
    },
  );

  it("each time that a person is needed for the same attempt", async () => {
    await using chat = await receiver();
    const stack = aStack(chat.url);
    await stack.deploy("v1");
    for (const run of [() => stack.deploy("v2"), () => stack.recover("undo")]) {
      stack.world.calls.fault = ({ name }) =>
        name.startsWith("slots.start") || name.startsWith("slots.remove") ? new Error("no memory") : undefined;
      expect(await run()).toMatchObject({ outcome: "needs-person" });
      stack.world.restart();
    }
    await stack.recover("undo");
    expect(titles(chat.received).slice(1)).toEqual([
      "🆘 shop: v2 needs a person",
      "🆘 shop: v2 needs a person",
      "⏸️ shop: v2 was interrupted",
    ]);
  });

  it("of an ending whose own run died before it could tell", async () => {
    await using chat = await receiver();
    const stack = aStack(chat.url);
    // As if killed between its last record and the first notification.
    await deployUntold(stack, "v1");
    expect(chat.received).toEqual([]);
    expect(await stack.recover()).toBeNull();
    expect(await stack.recover()).toBeNull();
    expect(titles(chat.received)).toEqual(["✅ shop: v1 is live"]);
  });

  it("of a deployment that the window refused, once, and of nothing else", async () => {
    await using chat = await receiver();
    const stack = aStack(chat.url, {
      windows: { freezes: [{ from: "2025-12-20", until: "2026-01-03", reason: "year end" }] },
    });
    for (let time = 0; time < 2; time++) {
      await expect(stack.deploy("v2")).rejects.toMatchObject({ code: "WINDOW_CLOSED" });
    }
    expect(titles(chat.received)).toEqual(["🔒 shop: v2 was refused, the window is closed"]);
    expect(chat.received[0]).toContain("year end");
    expect(chat.received[0]).not.toContain("*Serving*");
    await stack.deploy("v2", undefined, "orders fail");
    expect(titles(chat.received)).toHaveLength(2);
  });
});

describe("an endpoint that is dead", () => {
  it("changes nothing, costs a bounded time, and is told later by the next run, once", async () => {
    const gone = await receiver();
    await gone[Symbol.asyncDispose]();
    const stack = aStack(gone.url);
    const begin = performance.now();
    expect(await stack.deploy("v1")).toMatchObject({ outcome: "live", exitCode: 0 });
    expect(performance.now() - begin).toBeLessThan(4_000);
    expect(warnings(stack.events)).toMatchObject([
      { message: expect.stringMatching(/^team \(127\.0\.0\.1:\d+\) could not be told: refuses connections$/) },
    ]);
    expect(stack.events.at(-1)).toMatchObject({ type: "deployment-end", outcome: "live" });
    expect(JSON.stringify(stack.events)).not.toContain("a-token-of-the-chat");
    expect(await outboxText()).toContain('"state":"waiting"');
    expect(await outboxText()).not.toContain("a-token-of-the-chat");

    await using chat = await receiver();
    const later = aStack(chat.url);
    for (let time = 0; time < 2; time++) await later.recover();
    expect(titles(chat.received)).toEqual(["✅ shop: v1 is live"]);
  });

  it("while a deployment waits for a person is not told of that wait beside the next one", async () => {
    const gone = await receiver();
    await gone[Symbol.asyncDispose]();
    const stack = aStack(gone.url);
    await stack.run(async ({ onEvent }) => {
      onEvent(wanted("approval-1"));
      await expect.poll(() => warnings(stack.events), { timeout: 5_000 }).toHaveLength(1);
      expect(await outboxText()).toContain('"state":"waiting"');
    });
    expect(warnings(stack.events)).toMatchObject([{ hint: expect.stringContaining("sluice status") }]);
    expect(await outboxText()).toBe("");

    await using chat = await receiver();
    await aStack(chat.url).deploy("v1");
    expect(titles(chat.received)).toEqual(["✅ shop: v1 is live"]);
  });

  it("while a deployment waits for a person, whose process is killed then, is not told of it by the next one", async () => {
    await createOutbox(join(directory, "outbox")).write(anUntoldWait());
    await using chat = await receiver();
    await aStack(chat.url).deploy("v1");
    expect(titles(chat.received)).toEqual(["✅ shop: v1 is live"]);
    expect(await outboxText()).not.toContain("waits-for-person");
  });

  it("that never answers holds a deployment up for no longer than notify.timeout", async () => {
    await using silent = await receiver(null);
    const stack = aStack(silent.url);
    const begin = performance.now();
    expect(await stack.deploy("v1")).toMatchObject({ outcome: "live", exitCode: 0 });
    expect(performance.now() - begin).toBeLessThan(4_000);
    expect(warnings(stack.events)).toMatchObject([{ message: expect.stringContaining("may not have been told") }]);
    await stack.recover();
    expect(silent.received).toHaveLength(1);
  });

  it("holds an interrupted deployment up for a second and a half", async () => {
    await using silent = await receiver(null);
    const stack = aStack(silent.url);
    await deployUntold(stack, "v0");
    const controller = new AbortController();
    stack.world.calls.fault = ({ name }) =>
      name.startsWith("slots.start") ? () => controller.abort(new Error("asked to stop")) : undefined;
    const begin = performance.now();
    expect(await stack.deploy("v1", controller.signal)).toMatchObject({ outcome: "interrupted", exitCode: 130 });
    expect(performance.now() - begin).toBeLessThan(3_500);
  });

  it("and an outbox that cannot be written keep nobody from deploying", async () => {
    await using chat = await receiver(500);
    const stack = aStack(chat.url);
    await rm(directory, { recursive: true });
    await writeFile(directory, "no directory");
    expect(await stack.deploy("v1")).toMatchObject({ outcome: "live", exitCode: 0 });
    expect(JSON.stringify(warnings(stack.events))).toContain("cannot be");
  });
});

it("what is secret is in no message", async () => {
  await using chat = await receiver();
  const stack = aStack(chat.url);
  stack.world.calls.fault = ({ name }) =>
    name.startsWith("slots.start") ? new Error("login with hunter22 failed") : undefined;
  await stack.deploy("v1");
  expect(chat.received.join()).toContain("login with [redacted] failed");
  expect(`${chat.received.join()}${await outboxText()}`).not.toContain("hunter22");
});

/** A deployment whose notifications never come. */
async function deployUntold(stack: ReturnType<typeof aStack>, tag: string): Promise<void> {
  const request = { ...someFacts(aConfig()), release: aRequest(tag) };
  await deploy(request, stack.world.ports(), new AbortController().signal);
}

/** What a process leaves that is killed after it could not tell. */
function anUntoldWait(): OutboxEntry {
  const event = wanted("approval-1") as PersonWanted;
  const notification = waitingOf(event, undefined, { stack: "shop", link: undefined });
  const { id, stack, release, outcome, at } = notification;
  const about = { v: 1, id, channel: "team", stack, release, outcome, createdAt: at, updatedAt: at } as const;
  return { ...about, state: "waiting", attempts: 3, reason: "refuses connections", notification };
}

async function outboxText(): Promise<string> {
  const path = join(directory, "outbox");
  const names = await readdir(path).catch(() => []);
  return (await Promise.all(names.map((name) => readFile(join(path, name), "utf8")))).join("\n");
}

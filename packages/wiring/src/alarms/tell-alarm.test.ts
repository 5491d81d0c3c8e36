import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { endings, type Finding } from "@sluice/core";
import { systemClock } from "@sluice/core/node";
import { type Attempt, type Channel, createOutbox } from "@sluice/notify";
import { aConfig, createFakeWorld } from "@sluice/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createLastWord } from "../notify/last-word.ts";
import type { AlarmName } from "./alarm-notification.ts";
import { createAlarmStates } from "./alarm-states.ts";
import { tellAlarm } from "./tell-alarm.ts";
import type { Trouble } from "./trouble.ts";

let directory = "";
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "sluice-alarms-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const orders: Trouble = { key: "GET /orders", text: "GET /orders: 503" };

/** Runs of `sluice verify`, each as a process of its own. */
function aMachine(send: Channel["send"] = async () => ({ result: "delivered" })) {
  const outboxDir = join(directory, "outbox");
  const alarmsDir = join(directory, "alarms");
  const states = createAlarmStates(alarmsDir);
  const told: string[] = [];
  const findings: Finding[] = [];
  const channel: Channel = {
    name: "team",
    place: "chat.example.com",
    on: [...endings, "checks-failed", "backup-failed"],
    isRepeatable: false,
    send(content, signal) {
      told.push(content.notification.outcome);
      return send(content, signal);
    },
  };
  const run = (alarm: AlarmName, ...troubles: readonly Trouble[]) =>
    tellAlarm(
      {
        stack: "shop",
        config: aConfig({ notify: { timeout: "10s" } }),
        opened: { channels: [channel], problems: [], secrets: [] },
        outboxDir,
        journal: createFakeWorld().ports().journal,
        clock: systemClock,
        redact: (text) => text,
        lastWord: createLastWord(() => {}),
        link: undefined,
        states,
        say: (finding) => void findings.push(finding),
        lock: async () => ({ [Symbol.asyncDispose]: async () => undefined }),
      },
      alarm,
      troubles,
      undefined,
    );
  const verify = (...troubles: readonly Trouble[]) => run("checks", ...troubles);
  return { verify, run, told, findings, states, outbox: createOutbox(outboxDir), outboxDir, alarmsDir };
}

describe("an alarm", () => {
  it("is in the outbox, and remembered, before anybody is told", async () => {
    const seen: unknown[] = [];
    const machine = aMachine(async () => {
      seen.push(
        (await machine.outbox.list()).map(({ outcome }) => outcome),
        await machine.states.read("checks"),
      );
      return { result: "delivered" };
    });
    await machine.verify(orders);
    expect(seen).toMatchObject([["checks-failed"], { failing: ["GET /orders"] }]);
  });

  it("is told by the next run where this one could neither tell it nor use the outbox", async () => {
    let answer: Attempt = { result: "refused", reason: "answers 404" };
    const { verify, states, told, outboxDir } = aMachine(async () => answer);
    await writeFile(outboxDir, "");
    await verify(orders);
    expect(await states.read("checks")).toBeNull();
    answer = { result: "delivered" };
    await rm(outboxDir);
    told.length = 0;
    await verify(orders);
    expect(told).toEqual(["checks-failed"]);
    expect(await states.read("checks")).toMatchObject({ failing: ["GET /orders"] });
  });

  it("is told although it cannot be remembered, which is said", async () => {
    const { verify, told, findings, alarmsDir } = aMachine();
    await mkdir(join(alarmsDir, "checks"), { recursive: true });
    await verify(orders);
    expect(told).toEqual(["checks-failed"]);
    expect(findings).toMatchObject([
      { severity: "warn", code: "alarm-not-remembered", message: expect.stringContaining("EISDIR") },
    ]);
  });

  const held: Trouble = { key: "LOCK_HELD", text: "LOCK_HELD: ada is at work" };

  it("of what found the lock taken is told by the next run that tells anything, once", async () => {
    const { verify, run, told, states } = aMachine();
    await states.note("backup", held);
    for (let time = 0; time < 2; time++) await verify();
    expect(told).toEqual(["backup-failed"]);
    await run("backup");
    expect(told).toEqual(["backup-failed", "backup-mended"]);
  });

  it("of what found the lock taken is nobody's news once it did its work", async () => {
    const { verify, run, told, states } = aMachine();
    await states.note("backup", held);
    await run("backup");
    await verify();
    expect(told).toEqual([]);
  });
});

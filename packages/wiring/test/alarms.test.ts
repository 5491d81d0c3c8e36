import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRedactor, type Finding, type Serving, SluiceError, type Tellable, type Verdict } from "@sluice/core";
import { systemClock } from "@sluice/core/node";
import { acquireLock, createJournal, openStateHome } from "@sluice/journal";
import { createOutbox, isUntold } from "@sluice/notify";
import { aConfig, createFakeClock, createFakeWorld } from "@sluice/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { AlarmName } from "../src/alarms/alarm-notification.ts";
import { createAlarmStates } from "../src/alarms/alarm-states.ts";
import { tellAlarm } from "../src/alarms/tell-alarm.ts";
import { type Trouble, troublesOf } from "../src/alarms/trouble.ts";
import { createDeployer } from "../src/create-deployer.ts";
import type { Deployer } from "../src/deployer.ts";
import { openChannels } from "../src/notify/channels.ts";
import { createLastWord } from "../src/notify/last-word.ts";
import { receiver } from "./receiver.ts";

let directory = "";
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "sluice-alarms-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const never = new AbortController().signal;
const serving: Serving = { release: "r2", tag: "v2", slot: "green", share: 100 };
const broken: Verdict = { check: "GET /orders", result: "fail", value: "503", limit: "status 200", n: 1 };
const well: Verdict = { ...broken, result: "pass", value: "200" };

/** Runs on a machine, each as a process of its own. */
function aMachine(on?: readonly Tellable[]) {
  // Messages go to a real server in real time; the days between runs do not.
  const days = createFakeClock();
  const clock = { ...systemClock, now: () => days.now() };
  const outboxDir = join(directory, "outbox");
  const { journal } = createFakeWorld().ports();
  const locks = { taken: 0, holder: null as SluiceError | null, untoldAtRelease: 0 };
  const outbox = createOutbox(outboxDir);
  const run = async (url: string, alarm: AlarmName, troubles: readonly Trouble[]) => {
    const channels = { team: { slack: { url: "${CHAT}" }, ...(on ? { on: [...on] } : {}) } };
    const config = aConfig({ notify: { timeout: "2s", channels } });
    const opened = openChannels(config, { CHAT: url });
    const parts = {
      stack: "shop",
      config,
      opened,
      outboxDir,
      journal,
      clock,
      redact: createRedactor([...opened.secrets, "hunter22"]),
      lastWord: createLastWord(() => {}),
      link: "https://github.com/o/r/actions/runs/7",
      states: createAlarmStates(join(directory, "alarms")),
      say: () => {},
      serving: async () => serving,
      async lock() {
        if (locks.holder) throw locks.holder;
        locks.taken++;
        return {
          async [Symbol.asyncDispose]() {
            locks.untoldAtRelease += (await outbox.list()).filter(isUntold).length;
          },
        };
      },
    };
    return tellAlarm(parts, alarm, troubles, undefined);
  };
  return {
    locks,
    advance: (ms: number) => days.advance(ms),
    checks: (url: string, ...verdicts: readonly Verdict[]) => run(url, "checks", troublesOf(verdicts)),
    run,
  };
}

const titles = (bodies: readonly string[]) => bodies.map((body) => (JSON.parse(body) as { text: string }).text);
const halfAnHour = 1_800_000;

describe("people are told, between deployments", () => {
  it("once that checks fail, and once that they pass again", async () => {
    await using chat = await receiver();
    const { checks, advance, locks } = aMachine();
    for (const verdict of [well, broken, broken, broken, well, well]) {
      await checks(chat.url, verdict);
      advance(halfAnHour);
    }
    expect(titles(chat.received)).toEqual([
      "🚨 shop: checks of what serves fail",
      "💚 shop: checks of what serves pass again",
    ]);
    expect(chat.received[0]).toContain("*Cause*\\nGET /orders: 503 (limit status 200)");
    expect(chat.received[0]).toContain("*Serving*\\nv2 (green, 100 %)");
    expect(chat.received[0]).toContain("https://github.com/o/r/actions/runs/7");
    expect(chat.received[1]).toContain("*Lasted*\\n1h30m");
    // Deployments are kept from nothing by a run that has nothing to tell.
    expect(locks).toMatchObject({ taken: 2, untoldAtRelease: 0 });
  });

  it("again when another check fails too, and each day that it lasts", async () => {
    await using chat = await receiver();
    const { checks, advance } = aMachine();
    const other = { ...broken, check: "GET /cart" };
    await checks(chat.url, broken, well);
    advance(halfAnHour);
    await checks(chat.url, broken, other);
    await checks(chat.url, broken);
    advance(24 * 3_600_000);
    await checks(chat.url, broken);
    expect(chat.received).toHaveLength(3);
    expect(chat.received[1]).toContain("GET /cart");
    expect(chat.received[2]).not.toContain("GET /cart");
  });

  it("of a backup and of a drill apart, without what is secret", async () => {
    await using chat = await receiver();
    const { run } = aMachine();
    const full = { key: "DISK_FULL", text: "DISK_FULL: password hunter22", hint: "not hunter22" };
    await run(chat.url, "backup", [full]);
    await run(chat.url, "drill", []);
    await run(chat.url, "drill", [full]);
    await run(chat.url, "backup", []);
    expect(titles(chat.received)).toEqual([
      "🚨 shop: the backup failed",
      "🚨 shop: a backup could not be proven",
      "💚 shop: backups succeed again",
    ]);
    expect(chat.received.join("\n")).not.toContain("hunter22");
  });

  it("not where no channel asks for it", async () => {
    await using chat = await receiver();
    const { checks, locks } = aMachine(["live", "backup-failed"]);
    await checks(chat.url, broken);
    expect([chat.received, locks.taken]).toEqual([[], 0]);
  });

  it("by the next run, where the chat was out of reach", async () => {
    const gone = await receiver();
    await gone[Symbol.asyncDispose]();
    const { checks } = aMachine();
    expect(await checks(gone.url, broken)).toMatchObject([{ channel: "team", result: "waiting" }]);
    await using chat = await receiver();
    for (let time = 0; time < 2; time++) await checks(chat.url, broken);
    expect(titles(chat.received)).toEqual(["🚨 shop: checks of what serves fail"]);
  });

  it("by the next run, where somebody was at work", async () => {
    await using chat = await receiver();
    const { checks, locks } = aMachine();
    locks.holder = new SluiceError("LOCK_HELD", "ada is at work");
    await expect(checks(chat.url, broken)).rejects.toMatchObject({ code: "LOCK_HELD" });
    expect(chat.received).toEqual([]);
    locks.holder = null;
    await checks(chat.url, broken);
    expect(chat.received).toHaveLength(1);
  });
});

describe("a deployer", () => {
  type Work = (deployer: Deployer, call: { onFinding: (finding: Finding) => void }) => Promise<unknown>;
  const verify: Work = (deployer, call) => deployer.verify(undefined, call);
  const home = () => join(directory, "home");
  const openHome = () => openStateHome(home(), { clock: systemClock, stack: "shop" });

  // Something was deployed before.
  beforeEach(async () => {
    await createJournal(await openHome(), systemClock).append({ type: "note" });
  });

  /** Of a stack without an engine, where all work fails. */
  const failing = async (chat: string, work: Work, isAttended = false) => {
    const config = "notify: { timeout: 2s, channels: { team: { slack: { url: '${CHAT}' } } } }\n";
    await writeFile(join(directory, "sluice.yaml"), config);
    await using deployer = createDeployer({
      stack: "shop",
      directory,
      stateHome: home(),
      env: { ...process.env, CHAT: chat, DOCKER_HOST: "tcp://127.0.0.1:1" },
      actor: "ada",
      isAttended,
    });
    const findings: Finding[] = [];
    const onFinding = (finding: Finding) => void findings.push(finding);
    const error: unknown = await work(deployer, { onFinding }).catch((thrown: unknown) => thrown);
    return { error, findings };
  };
  const locked = async (release: string) => {
    return acquireLock(await openHome(), { actor: "bob", reason: "a test", release });
  };

  it.each<[string, Work, string]>([
    ["checks", verify, "🚨 shop: checks of what serves fail"],
    ["a backup", ({ database }, call) => database.backup(call, never), "🚨 shop: the backup failed"],
    [
      "a drill",
      ({ database }, call) => database.verify(undefined, call, never),
      "🚨 shop: a backup could not be proven",
    ],
  ])("tells once that %s cannot be had, and fails as it would without telling", async (_what, work, title) => {
    await using chat = await receiver();
    const { error: untold } = await failing(chat.url, work, true);
    for (let time = 0; time < 2; time++) {
      const { error, findings } = await failing(chat.url, work);
      expect(error).toEqual(untold);
      expect(findings).toEqual([]);
    }
    expect(titles(chat.received)).toEqual([title]);
    expect(chat.received[0]).toContain((untold as SluiceError).code);
  });

  it("leaves it to a person who sees it, and to the next run that nobody looks at", async () => {
    await using chat = await receiver();
    await failing(chat.url, verify, true);
    expect(chat.received).toEqual([]);
    await failing(chat.url, verify);
    expect(chat.received).toHaveLength(1);
  });

  it("says nothing of a run that a person has ended", async () => {
    await using chat = await receiver();
    const ended = AbortSignal.abort(new Error("interrupted"));
    await failing(chat.url, (deployer, call) => deployer.verify(ended, call));
    await failing(chat.url, ({ database }, call) => database.backup(call, ended));
    expect(chat.received).toEqual([]);
  });

  it("says nothing before anything was deployed, and leaves no home behind", async () => {
    await rm(home(), { recursive: true });
    await using chat = await receiver();
    await failing(chat.url, verify);
    await expect(readdir(home())).rejects.toThrow("ENOENT");
    expect(chat.received).toEqual([]);
  });

  it("says nothing beside a deployment that runs", async () => {
    await using chat = await receiver();
    await using _lock = await locked("v2");
    const { findings } = await failing(chat.url, verify);
    expect([findings, chat.received]).toEqual([[], []]);
  });

  it("says that people could not be told while somebody else is at work, and tells them later", async () => {
    await using chat = await receiver();
    {
      await using _lock = await locked("none");
      const { findings } = await failing(chat.url, verify);
      expect(findings).toMatchObject([{ code: "not-notified", message: expect.stringContaining("bob is at work") }]);
    }
    expect(chat.received).toEqual([]);
    await failing(chat.url, verify);
    expect(chat.received).toHaveLength(1);
  });

  it("tells of a backup that found the lock taken with the next run that tells anything", async () => {
    await using chat = await receiver();
    const backup: Work = ({ database }, call) => database.backup(call, never);
    {
      await using _lock = await locked("none");
      expect((await failing(chat.url, backup)).error).toMatchObject({ code: "LOCK_HELD" });
    }
    expect(chat.received).toEqual([]);
    await failing(chat.url, verify);
    expect(titles(chat.received).toSorted()).toEqual([
      "🚨 shop: checks of what serves fail",
      "🚨 shop: the backup failed",
    ]);
    expect(chat.received.join("\n")).toContain("bob is at work");
  });
});

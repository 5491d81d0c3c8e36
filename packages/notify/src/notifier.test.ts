import { createRedactor, SluiceError } from "@sluice/core";
import { createFakeClock } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import type { Attempt } from "./channels/answer.ts";
import { unavailableChannel } from "./channels/channel.ts";
import { graceMs } from "./deliver/deliver.ts";
import { createNotifier } from "./notifier.ts";
import { dropUntold } from "./outbox/drop-untold.ts";
import { aChannel, type FakeChannel } from "./testing/a-channel.ts";
import { aMemoryOutbox } from "./testing/a-memory-outbox.ts";
import { aNotification } from "./testing/a-notification.ts";

const down: Attempt = { result: "retry", reason: "refuses connections" };
const delivered: Attempt = { result: "delivered" };
const uncertain: Attempt = { result: "uncertain", reason: "no answer in time" };
const soon = { withinMs: 10_000 };
const day = 86_400_000;
const later = new Date("2026-03-04T05:06:07Z");

function setUp(...channels: readonly FakeChannel[]) {
  const clock = createFakeClock();
  const outbox = aMemoryOutbox();
  const redact = createRedactor(["hunter22"]);
  const withChannels = (...others: Parameters<typeof createNotifier>[0]["channels"]) =>
    createNotifier({ channels: others, outbox, clock, redact });
  return { clock, outbox, notifier: withChannels(...channels), withChannels };
}

const results = (reports: readonly { channel: string; result: string }[]) =>
  reports.map(({ channel, result }) => `${channel} ${result}`);

describe("announcing", () => {
  it("tells every channel that wants the ending, once", async () => {
    const team = aChannel([delivered]);
    const pager = aChannel([delivered], { name: "pager", on: ["needs-person"] });
    const { notifier } = setUp(team, pager);
    expect(results(await notifier.announce([aNotification()], soon))).toEqual(["team delivered"]);
    expect(results(await notifier.announce([aNotification()], soon))).toEqual(["team known"]);
    const person = aNotification({ id: "d1.needs-person", outcome: "needs-person" });
    expect(results(await notifier.announce([person], soon))).toEqual(["team delivered", "pager delivered"]);
    expect([team.sent.length, pager.sent.length]).toEqual([2, 1]);
  });

  it("tells whoever asked for an alarm of its end, and nobody else", async () => {
    const team = aChannel([delivered], { on: ["checks-failed"] });
    const pager = aChannel([delivered], { name: "pager", on: ["backup-failed", "live"] });
    const { notifier } = setUp(team, pager);
    const told = (["checks-failed", "checks-mended"] as const).map((outcome) =>
      aNotification({ id: outcome, outcome }),
    );
    await notifier.announce(told, soon);
    expect(team.sent.map(({ notification }) => notification.outcome)).toEqual(["checks-failed", "checks-mended"]);
    expect(pager.sent).toEqual([]);
  });

  it("tells what happened first first", async () => {
    const team = aChannel([delivered]);
    const first = aNotification({ id: "d1.interrupted", outcome: "interrupted" });
    await setUp(team).notifier.announce([first, aNotification({ id: "d2.live" })], soon);
    expect(team.sent.map(({ notification }) => notification.id)).toEqual(["d1.interrupted", "d2.live"]);
  });

  it("says of what is told late when it happened", async () => {
    const team = aChannel([down, down, down, delivered]);
    const { notifier, clock } = setUp(team);
    await notifier.announce([aNotification({ at: clock.now().toISOString() })], soon);
    await clock.sleep(day);
    await notifier.flush(soon);
    const [first, last] = [team.sent[0], team.sent.at(-1)].map((sent) => sent?.message.facts[0]?.label);
    expect([first === "News of", last]).toEqual([false, "News of"]);
  });

  it("tells nobody a plan of before that still waits", async () => {
    const team = aChannel([down, down, down, delivered], { on: ["planned"] });
    const { notifier } = setUp(team);
    const plannedFor = { at: "2099-11-30T08:00:00Z", text: "Nov 30" };
    const plan = (id: string, release: string) => aNotification({ id, outcome: "planned", release, plannedFor });
    await notifier.announce([plan("p1", "v2")], soon);
    await notifier.withdrawPlans("v1");
    await notifier.withdrawPlans("v2");
    await notifier.announce([plan("p2", "v2")], soon);
    expect(await notifier.flush(soon)).toEqual([]);
    expect(team.sent.at(-1)?.notification.id).toBe("p2");
  });

  it("masks what must not leave the machine, in messages and in the outbox", async () => {
    const team = aChannel([uncertain]);
    const { notifier, outbox } = setUp(team);
    await notifier.announce([aNotification({ cause: "password hunter22 is wrong" })], soon);
    expect(team.sent[0]?.notification.cause).toBe("password [redacted] is wrong");
    expect(JSON.stringify([team.sent, await outbox.list()])).not.toContain("hunter22");
  });

  it("tells those again that have not got it, in this run and in later ones, and no others", async () => {
    const partly: Attempt = { result: "retry", reason: "answers 451 for b", reached: ["a"] };
    const other: Attempt = { result: "refused", reason: "answers 550 for c", reached: ["b"] };
    const team = aChannel([partly, other, delivered]);
    const { notifier, outbox } = setUp(team);
    const [report] = await notifier.announce([aNotification()], soon);
    expect(report).toMatchObject({ result: "waiting", reason: "answers 550 for c" });
    expect(await outbox.list()).toMatchObject([{ state: "waiting", reached: ["a", "b"] }]);
    expect(results(await notifier.flush(soon))).toEqual(["team delivered"]);
    expect(team.sent.map(({ reached }) => reached)).toEqual([[], ["a"], ["a", "b"]]);
    expect((await outbox.list())[0]).not.toHaveProperty("reached");
  });

  it("tells who wants to know, whatever a secret is called", async () => {
    const team = aChannel([delivered], { on: ["live"] });
    const { outbox, clock } = setUp();
    const redact = createRedactor(["live", "green", "deploy", "d1.live", "release"]);
    const told = aNotification({ cause: "it is live" });
    const reports = await createNotifier({ channels: [team], outbox, clock, redact }).announce([told], soon);
    expect(results(reports)).toEqual(["team delivered"]);
    expect(team.sent.map(({ notification }) => notification)).toEqual([
      { ...told, cause: "it is [redacted]", reason: "[redacted] v2" },
    ]);
  });

  it("is bounded by one span for all channels and notifications together", async () => {
    const channels = ["a", "b", "c"].map((name) => aChannel(["hang"], { name, isRepeatable: true }));
    const { clock, notifier } = setUp(...channels);
    const many = ["1", "2", "3", "4"].map((id) => aNotification({ id }));
    const reports = await notifier.announce(many, soon);
    expect(clock.monotonicMs()).toBe(10_000 + graceMs);
    expect(reports).toHaveLength(12);
    expect(new Set(results(reports))).toEqual(new Set(["a waiting", "b waiting", "c waiting"]));
  });

  it("has all of it in the outbox before anything is sent", async () => {
    const { outbox, withChannels } = setUp();
    const seen: string[][] = [];
    const team = aChannel([], {
      async send() {
        seen.push((await outbox.list()).map(({ id, state }) => `${id} ${state}`));
        return delivered;
      },
    });
    await withChannels(team).announce([aNotification({ id: "1" }), aNotification({ id: "2" })], soon);
    expect(seen).toEqual([
      ["1 sending", "2 waiting"],
      ["1 delivered", "2 sending"],
    ]);
  });

  it("tells people although it cannot be written down", async () => {
    const team = aChannel([delivered]);
    const { notifier, outbox } = setUp(team);
    outbox.write = () => Promise.reject(new SluiceError("NOTIFY_FAILED", "the outbox cannot be written (ENOSPC)"));
    const [report] = await notifier.announce([aNotification()], soon);
    expect(report).toMatchObject({ result: "delivered", reason: "the outbox cannot be written (ENOSPC)" });
    expect(team.sent).toHaveLength(1);
  });
});

describe("flushing", () => {
  it("delivers what waits, once it can be delivered, and then nothing more", async () => {
    const { notifier, withChannels, outbox } = setUp(aChannel([down]));
    await notifier.announce([aNotification()], soon);
    expect(await outbox.list()).toMatchObject([{ state: "waiting", attempts: 3, reason: "refuses connections" }]);
    const up = aChannel([delivered]);
    expect(results(await withChannels(up).flush(soon))).toEqual(["team delivered"]);
    expect(up.sent[0]?.notification).toEqual(aNotification());
    expect(await withChannels(up).flush(soon)).toEqual([]);
    expect(results(await withChannels(up).announce([aNotification()], soon))).toEqual(["team known"]);
    expect(await outbox.list()).toMatchObject([{ state: "delivered", attempts: 4 }]);
    expect((await outbox.list())[0]).not.toHaveProperty("notification");
  });

  it("removes what a run has left that was killed while it wrote", async () => {
    const { outbox } = setUp();
    let sweeps = 0;
    const sweep = async () => void (sweeps += 1);
    await createNotifier({
      channels: [],
      outbox: { ...outbox, sweep },
      clock: createFakeClock(),
      redact: (text) => text,
    }).flush(soon);
    expect(sweeps).toBe(1);
  });

  it("tries once, and leaves alone what asked for patience", async () => {
    const busy: Attempt = { result: "retry", reason: "answers code 130101", afterMs: 600_000 };
    const { notifier, withChannels, clock } = setUp(aChannel([busy]));
    await notifier.announce([aNotification()], soon);
    const up = aChannel([delivered]);
    expect(await withChannels(up).flush(soon)).toEqual([]);
    clock.advance(600_000);
    expect(results(await withChannels(up).flush(soon))).toEqual(["team delivered"]);
  });

  it("does not send again what may have arrived, unless a person asks for it", async () => {
    const { notifier, withChannels } = setUp(aChannel([uncertain]));
    expect(results(await notifier.announce([aNotification()], soon))).toEqual(["team uncertain"]);
    const up = aChannel([delivered]);
    expect(await withChannels(up).flush(soon)).toEqual([]);
    expect(results(await withChannels(up).flush({ ...soon, withUncertain: true }))).toEqual(["team delivered"]);
  });

  it.each([
    ["a chat is not told again", false, []],
    ["a receiver that knows copies is told again", true, ["team delivered"]],
  ])("after a process that died while it was sending: %s", async (_title, isRepeatable, expected) => {
    const { notifier, outbox, withChannels } = setUp(aChannel([down]));
    await notifier.announce([aNotification()], soon);
    const [entry] = await outbox.list();
    if (entry) await outbox.write({ ...entry, state: "sending" });
    expect(results(await withChannels(aChannel([delivered], { isRepeatable })).flush(soon))).toEqual(expected);
  });

  it.each(["begun", "waits-for-person"] as const)(
    "gives up what is news only while a deployment runs, as whoever flushes comes after it: %s",
    async (outcome) => {
      const team = aChannel([down, down, down, delivered], { on: [outcome] });
      const { notifier, outbox } = setUp(team);
      await notifier.announce([aNotification({ id: `d1.${outcome}`, outcome })], soon);
      expect((await outbox.list()).map(({ state }) => state)).toEqual(["waiting"]);
      expect(await notifier.flush({ ...soon, withUncertain: true })).toEqual([]);
      expect([await outbox.list(), team.sent.length]).toEqual([[], 3]);
    },
  );

  it("gives up news of a plan when its time has come, and says so", async () => {
    const team = aChannel([down], { on: ["planned"] });
    const { notifier, clock, outbox } = setUp(team);
    const plannedFor = { at: new Date(clock.now().getTime() + day).toISOString(), text: "tomorrow" };
    await notifier.announce([aNotification({ id: "planned.v2.7", outcome: "planned", plannedFor })], soon);
    expect(results(await notifier.flush(soon))).toEqual(["team waiting"]);
    clock.advance(day);
    expect(results(await notifier.flush(soon))).toEqual(["team expired"]);
    expect(await outbox.list()).toEqual([]);
  });

  it("gives up what has waited for a week", async () => {
    const { notifier, outbox, clock } = setUp(aChannel([down]));
    await notifier.announce([aNotification()], soon);
    clock.advance(7 * day + 1);
    expect(results(await notifier.flush(soon))).toEqual(["team expired"]);
    expect(await outbox.list()).toEqual([]);
  });

  it("forgets that it has begun, and waits for a person, once it is over, and remembers who was told", async () => {
    const on = ["begun", "waits-for-person", "live"] as const;
    const [team, pager] = [aChannel([delivered], { on }), aChannel([down], { on, name: "pager" })];
    const { notifier, outbox } = setUp(team, pager);
    const waits = aNotification({ id: "d1.waits", outcome: "waits-for-person" });
    const begun = aNotification({ id: "d1.begun", outcome: "begun" });
    await notifier.announce([begun, waits, aNotification()], soon);
    await notifier.withdrawPassing();
    expect((await outbox.list()).map(({ id, channel, state }) => `${id} ${channel} ${state}`).toSorted()).toEqual([
      "d1.begun team delivered",
      "d1.live pager waiting",
      "d1.live team delivered",
      "d1.waits team delivered",
    ]);
  });

  it("keeps what belongs to a channel that is not there, and says so", async () => {
    const { notifier, outbox, withChannels } = setUp(aChannel([down]));
    await notifier.announce([aNotification()], soon);
    expect(await withChannels(aChannel([delivered], { name: "other" })).flush(soon)).toMatchObject([
      {
        channel: "team",
        result: "waiting",
        reason: expect.stringMatching(/is not open here: .*given up on 2\d{3}-\d\d-\d\d/),
      },
    ]);
    expect(await outbox.list()).toHaveLength(1);
  });

  it("gives up what belongs to one channel when it is told to, and nothing that was delivered", async () => {
    const [team, pager] = [aChannel([down, delivered]), aChannel([down], { name: "pager" })];
    const { notifier, outbox, withChannels } = setUp(team, pager);
    await notifier.announce([aNotification({ id: "d1.live" })], soon);
    await notifier.announce([aNotification({ id: "d2.live" })], soon);
    const before = await outbox.list();
    expect(await dropUntold(outbox, "pager", later)).toEqual(before.filter(({ channel }) => channel === "pager"));
    const after = await outbox.list();
    expect(after.filter(({ channel }) => channel === "team")).toEqual(
      before.filter(({ channel }) => channel === "team"),
    );
    const dropped = after.filter(({ channel }) => channel === "pager");
    expect(dropped.map(({ id, state, notification }) => [id, state, notification])).toEqual([
      ["d1.live", "dropped", undefined],
      ["d2.live", "dropped", undefined],
    ]);
    expect(await dropUntold(outbox, "pager", later)).toEqual([]);
    expect(await withChannels(team).flush(soon)).toEqual([]);
  });

  it("does not tell what was dropped when a later run tells the last ending again", async () => {
    const team = aChannel([down, delivered]);
    const { notifier, outbox } = setUp(team);
    await notifier.announce([aNotification()], soon);
    const sent = team.sent.length;
    await dropUntold(outbox, team.name, later);
    expect(results(await notifier.announce([aNotification()], soon))).toEqual(["team known"]);
    expect(await notifier.flush({ ...soon, withUncertain: true })).toEqual([]);
    expect(team.sent).toHaveLength(sent);
  });

  it("keeps what belongs to a channel that cannot be used now", async () => {
    const missing = unavailableChannel("team", ["live"], "SLACK_WEBHOOK_URL is not set");
    const { withChannels } = setUp();
    expect(await withChannels(missing).announce([aNotification()], soon)).toMatchObject([
      { result: "waiting", reason: "SLACK_WEBHOOK_URL is not set" },
    ]);
    expect(results(await withChannels(aChannel([delivered])).flush(soon))).toEqual(["team delivered"]);
  });

  it("remembers the newest 200 of what was delivered", async () => {
    const { outbox, notifier } = setUp();
    const at = new Date(0);
    for (let index = 0; index < 203; index++) {
      const createdAt = new Date(at.getTime() + index).toISOString();
      await outbox.write({
        v: 1,
        id: `d${index}`,
        channel: "team",
        state: "delivered",
        stack: "shop",
        release: "v1",
        outcome: "live",
        createdAt,
        updatedAt: createdAt,
        attempts: 1,
      });
    }
    expect(await notifier.flush(soon)).toEqual([]);
    const ids = (await outbox.list()).map(({ id }) => id);
    expect([ids.length, ids[0]]).toEqual([200, "d3"]);
  });
});

describe("catching up", () => {
  const old = aNotification({ id: "d1.live" });
  const news = aNotification({ id: "d2.live" });
  const broken = async () => {
    throw new SluiceError("NOTIFY_FAILED", "the outbox cannot be used (EIO)");
  };

  it("tells what is new where the outbox cannot be read, and whoever asks for what waits is told why", async () => {
    const team = aChannel([delivered]);
    const { clock, outbox } = setUp();
    const unreadable = { ...outbox, list: broken, sweep: broken };
    const notifier = createNotifier({ channels: [team], outbox: unreadable, clock, redact: createRedactor([]) });
    expect(results(await notifier.catchUp([news], soon))).toEqual(["team delivered"]);
    await expect(notifier.flush(soon)).rejects.toMatchObject({ code: "NOTIFY_FAILED" });
  });

  it("takes what the outbox does not hold for enlisted only once it is told", async () => {
    const { outbox, clock } = setUp();
    const unusable = { ...outbox, list: broken, sweep: broken, write: broken };
    const seen: unknown[] = [];
    for (const answer of [down, delivered]) {
      const team = aChannel([answer]);
      const notifier = createNotifier({ channels: [team], outbox: unusable, clock, redact: createRedactor([]) });
      const onEnlisted = async () => void seen.push(answer.result, team.sent.length);
      await notifier.catchUp([news], { ...soon, onEnlisted });
    }
    expect(seen).toEqual(["delivered", 1]);
  });

  it("tells what is new where what was given up cannot be removed, and says that", async () => {
    const { notifier, outbox, clock } = setUp(aChannel([down]));
    await notifier.announce([old], soon);
    await clock.sleep(8 * day);
    const channels = [aChannel([delivered])];
    const redact = createRedactor([]);
    const stuck = createNotifier({ channels, outbox: { ...outbox, remove: broken, sweep: broken }, clock, redact });
    const reason = "refuses connections; the outbox cannot be used (EIO)";
    expect(await stuck.catchUp([news], soon)).toMatchObject([
      { id: "d1.live", result: "expired", reason },
      { id: "d2.live", result: "delivered" },
    ]);
    expect(await stuck.flush(soon)).toMatchObject([{ id: "d1.live", result: "expired", reason }]);
  });

  it("costs only itself, where a channel hangs for which much waits: all others are told what is new meanwhile", async () => {
    const { withChannels, outbox, clock } = setUp();
    const dead = { name: "dead", isRepeatable: true };
    await withChannels(aChannel([down], dead)).announce([old, aNotification({ id: "d1.failed" })], soon);
    const [hanging, team] = [aChannel(["hang"], dead), aChannel([delivered])];
    let toldAt = Number.NaN;
    const watched = aChannel([], { send: async () => ((toldAt = clock.monotonicMs()), delivered) });
    const begin = clock.monotonicMs();
    const reports = await withChannels(hanging, watched).catchUp([news], soon);
    expect(toldAt - begin).toBeLessThan(1_000);
    expect(clock.monotonicMs() - begin).toBeLessThanOrEqual(soon.withinMs + graceMs);
    expect(results(reports)).toEqual(["dead waiting", "team delivered"]);
    expect(hanging.sent.map(({ notification }) => notification.id)).not.toContain("d2.live");
    expect(results(await withChannels(team).catchUp([news], soon))).toEqual(["team known"]);
    expect((await outbox.list()).filter(({ state }) => state === "waiting")).toHaveLength(3);
  });

  it("tells each channel what waits before what is new, that as often as it takes, and reports only that", async () => {
    const { notifier, withChannels } = setUp(aChannel([down]));
    await notifier.announce([old], soon);
    const team = aChannel([delivered, down, down, delivered]);
    expect(await withChannels(team).catchUp([news], soon)).toMatchObject([{ id: "d2.live", result: "delivered" }]);
    expect(team.sent.map(({ notification }) => notification.id)).toEqual(["d1.live", "d2.live", "d2.live", "d2.live"]);
  });

  it("says when all that is new is in the outbox, before anything is sent", async () => {
    const { notifier, outbox, withChannels } = setUp(aChannel([down]));
    await notifier.announce([old], soon);
    const team = aChannel([delivered]);
    const seen: unknown[] = [];
    const onEnlisted = async () => {
      seen.push(
        (await outbox.list()).map(({ id, state }) => `${id} ${state}`),
        team.sent.length,
      );
    };
    await withChannels(team).catchUp([news], { ...soon, onEnlisted });
    expect(seen).toEqual([["d1.live waiting", "d2.live waiting"], 0]);
  });

  it("says what was given up, and nothing of what waits on", async () => {
    const { notifier, clock } = setUp(aChannel([down]));
    await notifier.announce([old], soon);
    expect(await notifier.catchUp([], soon)).toEqual([]);
    clock.advance(7 * day + 1);
    expect(results(await notifier.catchUp([], soon))).toEqual(["team expired"]);
  });
});

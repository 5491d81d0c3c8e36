import { describe, expect, it } from "vitest";
import { aSession, someSettings } from "../testing/fake-migration-server.ts";
import type { Session } from "./activity.ts";
import { look, nothingSeen } from "./watch.ts";

const isOurs = ({ name }: Session) => name === "migration";
const migration = (over: Partial<Session> = {}) =>
  aSession(7, { name: "migration", query: "alter table t add c int", ...over });
const reader = aSession(3, {
  name: "report",
  isActive: false,
  transactionMs: 61_000,
  query: "select * from t where id = 5",
});
const queued = aSession(4, { waitsFor: "relation", blockedBy: [7] });
const blocked = migration({ waitsFor: "relation", blockedBy: [3] });

const unaided = someSettings({ inject: false });

/** What is said of the same sessions, seen first at 0 and then at each of the moments. */
function seen(sessions: readonly Session[], atMs: readonly number[], settings = someSettings()) {
  let watch = look(nothingSeen, sessions, 0, isOurs, settings).watch;
  let giveUp = null;
  for (const at of atMs) ({ watch, giveUp } = look(watch, sessions, at, isOurs, settings));
  return giveUp;
}

describe("a migration goes on", () => {
  it("while it waits no longer than it may, and the server has had time to say so itself", () => {
    expect(seen([reader, blocked], [3_000, 3_250])).toBeNull();
  });
  it("while the application waits for others, or for it, but not too long", () => {
    expect(seen([migration(), queued], [2_999])).toBeNull();
    expect(seen([migration(), reader, aSession(4, { waitsFor: "relation", blockedBy: [3] })], [9_000])).toBeNull();
  });
  it("while another migration waits for its tool's own lock", () => {
    expect(seen([migration(), aSession(4, { waitsFor: "advisory", blockedBy: [7] })], [9_000])).toBeNull();
  });
  it("while what waits is another statement each time", () => {
    const settings = someSettings();
    let { watch } = look(nothingSeen, [migration(), queued], 0, isOurs, settings);
    for (const at of [2_000, 4_000, 6_000]) {
      const next = look(watch, [migration(), { ...queued, statement: `${at}` }], at, isOurs, settings);
      expect(next.giveUp).toBeNull();
      ({ watch } = next);
    }
  });
  it("while it waits concurrently, in the profile for that", () => {
    const concurrent = { ...blocked, query: "create index CONCURRENTLY i on t (c)" };
    expect(seen([reader, concurrent], [60_000], someSettings({ profile: "concurrent" }))).toBeNull();
    expect(seen([reader, blocked], [3_100], someSettings({ profile: "concurrent" }))).toMatchObject({ why: "lock" });
  });
});

describe("a migration gives up", () => {
  it("when the application has waited behind it too long, naming who is in the way and none of its values", () => {
    expect(seen([reader, blocked, queued, { ...queued, pid: 5 }], [2_900, 3_000])).toEqual({
      why: "queue",
      text: "2 sessions of the application waited 3s behind it, while alter table t add c int waited 3s for a lock that session 3 (report, 10.0.0.2, in a transaction for 1m1s: last select * from t where id = ?) holds",
    });
  });
  it("when it holds itself what the application waits for", () => {
    expect(seen([migration(), queued], [3_000])).toMatchObject({
      why: "queue",
      text: "a session of the application waited 3s behind it: it holds a lock in alter table t add c int",
    });
  });
  it("when somebody waits for somebody who waits for it", () => {
    const second = aSession(5, { waitsFor: "transactionid", blockedBy: [4] });
    const other = { ...queued, waitsFor: "advisory" };
    expect(seen([migration(), other, second], [3_001])).toMatchObject({ why: "queue" });
  });
  it("when its driver did not take the timeout", () => {
    expect(seen([reader, blocked], [3_251])).toMatchObject({
      why: "lock",
      text: expect.stringContaining("session 3 (report"),
    });
    expect(seen([reader, blocked], [3_001], someSettings({ inject: false }))).toMatchObject({ why: "lock" });
  });
  it("by the time that the server has seen, where it looked late itself, and says when the next look is due", () => {
    const { soonestMs, giveUp } = look(nothingSeen, [reader, { ...blocked, waitedMs: 2_990 }], 0, isOurs, unaided);
    expect({ soonestMs, giveUp }).toEqual({ soonestMs: 10, giveUp: null });
    expect(look(nothingSeen, [reader, { ...blocked, waitedMs: 3_001 }], 0, isOurs, unaided).giveUp).toMatchObject({
      why: "lock",
      text: expect.stringContaining("waited 3"),
    });
    // A statement that waits for one lock after the other waits all the time.
    expect(seen([reader, { ...blocked, waitedMs: 5 }], [3_001], unaided)).toMatchObject({ why: "lock" });
    expect(look(nothingSeen, [reader], 0, isOurs, unaided).soonestMs).toBeNull();
  });
  it("when a prepared transaction is in the way", () => {
    const text = expect.stringContaining("that a prepared transaction holds");
    expect(seen([migration({ waitsFor: "relation", blockedBy: [0] })], [4_000])).toMatchObject({ why: "lock", text });
  });
  it("without a name where whoever is in the way has no session that it may see", () => {
    const text = expect.stringContaining("for a lock that somebody holds");
    expect(seen([migration({ waitsFor: "row", blockedBy: [] })], [4_000])).toMatchObject({ why: "lock", text });
  });
  it("naming who was in the way until now, where its wait has ended and the application's has not yet", () => {
    const { watch } = look(nothingSeen, [reader, blocked, queued], 0, isOurs, someSettings());
    const waiting = look(watch, [reader, blocked, queued], 2_900, isOurs, someSettings()).watch;
    expect(look(waiting, [reader, migration(), queued], 3_000, isOurs, someSettings()).giveUp).toMatchObject({
      why: "queue",
      text: expect.stringContaining("waited 2.9s for a lock that session 3 (report"),
    });
  });
  it("when one statement takes too long", () => {
    expect(seen([migration({ statementMs: 60_251 })], [1])).toMatchObject({ why: "statement" });
    expect(seen([migration({ statementMs: 60_251, isActive: false })], [1])).toBeNull();
  });
});

import { describe, expect, it } from "vitest";
import { assess } from "./assess.ts";
import { anAnswer } from "./load/answer.fake.ts";
import type { Answer } from "./load/answer.ts";
import { summarise } from "./load/result.ts";
import type { SocketLife } from "./load/sockets.ts";
import type { Observation } from "./observe.ts";

const marks = [
  { name: "before", at: 0 },
  { name: "during", at: 1_000 },
  { name: "after", at: 3_000 },
];

const observe = (answers: readonly Answer[], lives: SocketLife[] = []): Observation => ({
  old: "v1",
  next: "v2",
  command: { startedAt: 1_000, endedAt: 2_500, wallMs: 1_500, cpuMs: 400, exitCode: 0, stdout: "", stderr: "" },
  load: summarise({ startedAt: 0, endedAt: 4_000, endedBy: "stop", answers, marks, sockets: { lives, refused: [] } }),
  audit: { missing: [7], repeated: [], surplus: 1 },
  machineLoad: 1,
});

/** One answer each 10 ms, of the new version from `cutover` on. */
const steady = (cutover: number) =>
  Array.from({ length: 400 }, (_, index) => {
    const dueAt = index * 10;
    return anAnswer({ dueAt, sentAt: dueAt, endedAt: dueAt + 5, version: dueAt < cutover ? "v1" : "v2" });
  });

describe("an assessed deployment", () => {
  it("of a clean cutover lost nothing, and says when users moved", () => {
    const found = assess(observe(steady(2_000)));
    expect(found).toMatchObject({ lost: 0, clientsBack: 0, gapMs: 10, p99BeforeMs: 5, p99DuringMs: 5, cpuMs: 400 });
    expect(found).toMatchObject({ firstNewMs: 1_005, usersMovedMs: 1_005, lastOldMs: 995, ordersWrong: 2 });
    expect(found.socketHeldMs).toBeNaN();
  });

  it("counts an outage as a gap, and the users as moved when it is over", () => {
    const isOut = ({ dueAt }: Answer) => dueAt >= 1_500 && dueAt < 2_500;
    const failure = { kind: "refused", detail: "ECONNREFUSED" } as const;
    const answers = steady(2_500).map((answer) => (isOut(answer) ? { ...answer, failure } : answer));
    expect(assess(observe(answers))).toMatchObject({ lost: 100, gapMs: 1_010, usersMovedMs: 1_505 });
  });

  it("sees the old version answer a request long after the cutover", () => {
    const slow = anAnswer({ stream: "slow", dueAt: 1_990, sentAt: 1_990, endedAt: 3_990 });
    expect(assess(observe([...steady(2_000), slow])).requestHeldMs).toBe(1_985);
  });

  it("has held the WebSockets that were open when the command began, or has not", () => {
    const life = { client: 0, version: "v1", openedAt: 0, messages: 9, lastMessageAt: 900, silenceMs: 500 };
    const cut = { ...life, client: 1, end: { at: 1_500, code: 1006, clean: false } };
    const before = { ...life, client: 2, end: { at: 900, code: 1006, clean: false } };
    expect(assess(observe(steady(2_000), [life, before]))).toMatchObject({ socketHeldMs: 1_995, socketsEndedEarly: 0 });
    expect(assess(observe(steady(2_000), [life, cut]))).toMatchObject({ socketHeldMs: 0, socketsEndedEarly: 1 });
  });

  it("has not moved anybody when the new version never answered", () => {
    expect(assess(observe(steady(9_000))).usersMovedMs).toBeNaN();
  });
});

import { describe, expect, it } from "vitest";
import type { Assessment } from "./assess.ts";
import { socketLimits } from "./downtime-limits.ts";
import { summariseRuns } from "./summary.ts";

const good: Assessment = {
  lost: 0,
  ordersWrong: 0,
  gapMs: 20,
  latenessMs: 5,
  clientsBack: 0,
  p99BeforeMs: 8,
  p99DuringMs: 20,
  p99AfterMs: 8,
  maxDuringMs: 60,
  firstNewMs: 3_000,
  usersMovedMs: 3_000,
  lastOldMs: 2_990,
  commandMs: 13_000,
  cpuMs: 800,
  socketHeldMs: 10_000,
  socketsEndedEarly: 0,
  socketsRefused: 0,
  socketsReset: 3,
  socketSilenceMs: 600,
  requestHeldMs: 2_000,
};
const failed = (runs: readonly Assessment[]) =>
  Object.entries(socketLimits(summariseRuns(runs), 10_000))
    .filter(([, { pass }]) => pass === false)
    .map(([name]) => name);

describe("the runs of one peer in one row", () => {
  it("keep the promise to WebSockets when each does", () => {
    expect(failed([good, { ...good, socketHeldMs: 9_800 }])).toEqual([]);
  });

  it("do not keep it when one of them cut its WebSockets, before the cutover or after it", () => {
    const early = { ...good, socketHeldMs: 0, socketsEndedEarly: 3 };
    expect(failed([early, good])).toEqual(["socket_held_s", "sockets_ended_early"]);
    expect(failed([good, { ...good, socketHeldMs: 400 }])).toEqual(["socket_held_s"]);
    expect(failed([good, { ...good, socketsRefused: 1 }])).toEqual(["sockets_refused"]);
  });

  it("do not keep it when one of them had none, or there was no run", () => {
    expect(failed([{ ...good, socketHeldMs: Number.NaN }, good])).toEqual(["socket_held_s"]);
    expect(failed([])).toEqual(["socket_held_s"]);
  });

  it("are the sums and the worst of what must never happen", () => {
    const rows = summariseRuns([good, { ...good, lost: 2, gapMs: 90, socketsReset: 1, socketSilenceMs: 2_000 }]);
    expect(rows).toMatchObject({ runs: 2, runs_without_loss: 1, requests_lost: 2, gap_above_lateness_ms: 85 });
    expect(rows).toMatchObject({ sockets_reset: 4, socket_silence_worst_ms: 2_000 });
  });
});

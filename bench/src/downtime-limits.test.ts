import { describe, expect, it } from "vitest";
import { type DowntimeFacts, downtimeFigures } from "./downtime-limits.ts";

const good: DowntimeFacts = {
  runs: 5,
  startUpMs: 2_100,
  drainMs: 10_000,
  longRequests: { requests_lost: 0, request_held_s: 8.4 },
  byHand: { p99_during_ms: 30 },
  sluice: {
    runs_without_loss: 5,
    requests_lost: 0,
    orders_wrong: 0,
    clients_back: 0,
    gap_above_lateness_ms: 60,
    socket_held_s: 9.98,
    sockets_ended_early: 0,
    sockets_refused: 0,
    p99_before_ms: 10,
    p99_during_ms: 49,
    users_moved_s: 3.5,
    command_s: 14,
    client_cpu_s: 0.9,
  },
};
const failed = (facts: Partial<DowntimeFacts["sluice"]>, rest: Partial<DowntimeFacts> = {}) =>
  Object.entries(downtimeFigures({ ...good, ...rest, sluice: { ...good.sluice, ...facts } as DowntimeFacts["sluice"] }))
    .filter(([, { pass }]) => pass === false)
    .map(([name]) => name);

describe("the limits of a deployment", () => {
  it("are kept by a good one", () => {
    expect(failed({})).toEqual([]);
  });

  it.each([
    ["requests_lost", 1],
    ["runs_without_loss", 4],
    ["orders_wrong", 1],
    ["clients_back", 1],
    ["gap_above_lateness_ms", 151],
    ["socket_held_s", 9],
    ["sockets_ended_early", 1],
    ["sockets_refused", 1],
    ["p99_during_ms", 51],
    ["users_moved_s", 3.61],
    ["command_s", 14.2],
    ["client_cpu_s", 1.01],
  ])("name %s when it is %d", (name, value) => {
    expect(failed({ [name]: value })).toEqual([name]);
  });

  it("allow the larger of twice the latency before and 20 ms more than by hand", () => {
    expect(failed({ p99_during_ms: 79, p99_before_ms: 40 })).toEqual([]);
    expect(failed({ p99_during_ms: 21, p99_before_ms: 10 }, { byHand: { p99_during_ms: 0 } })).toEqual([
      "p99_during_ms",
    ]);
  });

  it("fail when no WebSocket was held, or a long request was lost", () => {
    const { socket_held_s: _, ...rest } = good.sluice;
    const figures = downtimeFigures({ ...good, sluice: rest, longRequests: { requests_lost: 1, request_held_s: 8.4 } });
    expect(figures.socket_held_s?.pass).toBe(false);
    expect(figures.long_requests_lost?.pass).toBe(false);
  });
});

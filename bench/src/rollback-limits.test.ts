import { describe, expect, it } from "vitest";
import { type RollbackFacts, rollbackFigures } from "./rollback-limits.ts";

const clean = {
  runs_without_loss: 5,
  requests_lost: 0,
  orders_wrong: 0,
  clients_back: 0,
  socket_held_s: 10,
  sockets_ended_early: 0,
  sockets_refused: 0,
};
const good: RollbackFacts = {
  runs: 5,
  startUpMs: 2_000,
  drainMs: 10_000,
  warm: { ...clean, last_old_s: 0.6, command_s: 10.9 },
  cold: {
    ...clean,
    gap_above_lateness_ms: 20,
    p99_before_ms: 10,
    p99_during_ms: 15,
    users_moved_s: 3.2,
    command_s: 13.5,
    client_cpu_s: 0.5,
  },
  wrongImages: 0,
  silentAboutImages: 0,
  coldRuns: 5,
};
const failed = (facts: Partial<RollbackFacts>) =>
  Object.entries(rollbackFigures({ ...good, ...facts }))
    .filter(([, { pass }]) => pass === false)
    .map(([name]) => name);

describe("the limits of a rollback", () => {
  it("are kept by a good one", () => {
    expect(failed({})).toEqual([]);
  });

  it("are one second when warm, and those of a deployment when cold", () => {
    expect(failed({ warm: { ...good.warm, last_old_s: 1.01 } })).toEqual(["last_old_s"]);
    expect(failed({ cold: { ...good.cold, users_moved_s: 3.6 } })).toEqual(["cold_users_moved_s"]);
  });

  it("name a rollback that lost something, or ran other images", () => {
    expect(failed({ warm: { ...good.warm, requests_lost: 1, runs_without_loss: 4 } })).toEqual([
      "runs_without_loss",
      "requests_lost",
    ]);
    expect(failed({ wrongImages: 1, silentAboutImages: 1 })).toEqual(["wrong_images", "silent_about_images"]);
  });

  it("name one that was to be cold and was not, and WebSockets that were cut", () => {
    expect(failed({ coldRuns: 4 })).toEqual(["cold_runs"]);
    expect(failed({ warm: { ...good.warm, socket_held_s: 0.4 } })).toEqual(["socket_held_s"]);
    expect(failed({ cold: { ...good.cold, sockets_ended_early: 3 } })).toEqual(["cold_sockets_ended_early"]);
  });
});

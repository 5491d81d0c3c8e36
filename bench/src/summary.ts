import type { Assessment } from "./assess.ts";
import { median } from "./load/percentile.ts";
import type { PeerRun } from "./observe-change.ts";
import type { Numbers } from "./result.ts";

/** The runs of one peer in one row: sums and worst values of what must never happen, medians of times. */
export function summariseRuns(runs: readonly Assessment[]): Numbers {
  const all = (pick: (run: Assessment) => number) => runs.map(pick);
  const sum = (pick: (run: Assessment) => number) => all(pick).reduce((total, value) => total + value, 0);
  return {
    runs: runs.length,
    runs_without_loss: runs.filter(({ lost }) => lost === 0).length,
    requests_lost: sum(({ lost }) => lost),
    orders_wrong: sum(({ ordersWrong }) => ordersWrong),
    clients_back: Math.max(...all(({ clientsBack }) => clientsBack)),
    gap_worst_ms: Math.max(...all(({ gapMs }) => gapMs)),
    gap_above_lateness_ms: Math.max(0, ...all(({ gapMs, latenessMs }) => gapMs - latenessMs)),
    lateness_worst_ms: Math.max(...all(({ latenessMs }) => latenessMs)),
    p99_before_ms: median(all(({ p99BeforeMs }) => p99BeforeMs)),
    p99_during_ms: median(all(({ p99DuringMs }) => p99DuringMs)),
    p99_after_ms: median(all(({ p99AfterMs }) => p99AfterMs)),
    max_during_ms: Math.max(...all(({ maxDuringMs }) => maxDuringMs)),
    first_new_s: median(all(({ firstNewMs }) => firstNewMs)) / 1_000,
    users_moved_s: median(all(({ usersMovedMs }) => usersMovedMs)) / 1_000,
    last_old_s: median(all(({ lastOldMs }) => lastOldMs)) / 1_000,
    command_s: median(all(({ commandMs }) => commandMs)) / 1_000,
    client_cpu_s: median(all(({ cpuMs }) => cpuMs)) / 1_000,
    // One run without a WebSocket says nothing of all, and no run says nothing at all.
    socket_held_s: runs.length > 0 ? Math.min(...all(({ socketHeldMs }) => socketHeldMs)) / 1_000 : Number.NaN,
    sockets_ended_early: sum(({ socketsEndedEarly }) => socketsEndedEarly),
    sockets_refused: sum(({ socketsRefused }) => socketsRefused),
    sockets_reset: sum(({ socketsReset }) => socketsReset),
    socket_silence_worst_ms: Math.max(...all(({ socketSilenceMs }) => socketSilenceMs)),
    request_held_s: Math.max(...all(({ requestHeldMs }) => requestHeldMs)) / 1_000,
  };
}

/** How busy the machine was: times of busy runs say little. */
export const machineFigures = (runs: readonly PeerRun[]): Numbers => ({
  load_average_worst: Math.max(...runs.map(({ machineLoad }) => machineLoad)),
  busy_runs: runs.filter(({ quiet }) => !quiet).length,
});

import { countFlips } from "./load/flips.ts";
import { longestGap } from "./load/gap.ts";
import type { LoadResult } from "./load/result.ts";
import { heldAfter } from "./load/socket-summary.ts";
import { versionsOf } from "./load/versions.ts";
import { type Observation, phaseNames } from "./observe.ts";

/** What one observed command has cost the users. */
export interface Assessment {
  /** Requests without a good answer, from the first one on. */
  readonly lost: number;
  /** Orders acknowledged that are not stored, or stored twice. */
  readonly ordersWrong: number;
  readonly gapMs: number;
  /** The generator's own worst lateness meanwhile. */
  readonly latenessMs: number;
  readonly clientsBack: number;
  readonly p99BeforeMs: number;
  readonly p99DuringMs: number;
  readonly p99AfterMs: number;
  readonly maxDuringMs: number;
  /** From the command to the first answer of the new version. */
  readonly firstNewMs: number;
  /** From the command until every new request went to the new version. */
  readonly usersMovedMs: number;
  /** From the command to the last answer of the version that was left to an ordinary request; slow ones may take longer. */
  readonly lastOldMs: number;
  readonly commandMs: number;
  readonly cpuMs: number;
  /** The shortest time that a WebSocket of the old version lived on after the cutover. */
  readonly socketHeldMs: number;
  /** WebSockets of the old version that ended between the command and the cutover. */
  readonly socketsEndedEarly: number;
  /** Attempts to open a WebSocket that failed. */
  readonly socketsRefused: number;
  readonly socketsReset: number;
  /** The longest time that a client of a WebSocket had no message, reconnecting included. */
  readonly socketSilenceMs: number;
  /** The longest time after the cutover at which the old version still answered an earlier request. */
  readonly requestHeldMs: number;
}

/** Reads an observation. A version that never answered, or no WebSocket that was open, gives NaN, which passes no limit. */
export function assess({ old, next, command, load, audit }: Observation): Assessment {
  const seen = (version: string) => load.versions.find((row) => row.version === version);
  const firstNewAt = seen(next)?.firstAnswerAt ?? Number.NaN;
  const lastOldSentAt = seen(old)?.lastSentAt ?? Number.NaN;
  const lastOldAt = seen(old)?.lastAnswerAt ?? Number.NaN;
  const ordinary = versionsOf(load.answers.filter(({ stream }) => stream === "ordinary"));
  const lastOrdinaryAt = ordinary.find(({ version }) => version === old)?.lastAnswerAt ?? Number.NaN;
  const phase = (name: string) => phaseOf(load, name);
  const change = { beganAt: phase(phaseNames.during).from, cutoverAt: firstNewAt, endedAt: load.endedAt };
  const held = heldAfter(load.sockets.lives, old, change);
  return {
    lost: load.failed,
    ordersWrong: audit.missing.length + audit.repeated.length + audit.surplus,
    gapMs: longestGap(load.answers, phase(phaseNames.during).from, load.endedAt).ms,
    latenessMs: Math.max(phase(phaseNames.during).latenessMs.max, phase(phaseNames.after).latenessMs.max),
    clientsBack: countFlips(load.answers, old, next).back.length,
    p99BeforeMs: phase(phaseNames.before).latencyMs.p99,
    p99DuringMs: phase(phaseNames.during).latencyMs.p99,
    p99AfterMs: phase(phaseNames.after).latencyMs.p99,
    maxDuringMs: phase(phaseNames.during).latencyMs.max,
    firstNewMs: firstNewAt - command.startedAt,
    usersMovedMs: Math.max(firstNewAt, lastOldSentAt) - command.startedAt,
    lastOldMs: lastOrdinaryAt - command.startedAt,
    commandMs: command.wallMs,
    cpuMs: command.cpuMs ?? Number.NaN,
    socketHeldMs: held.length > 0 ? Math.min(...held.map(({ ms }) => ms)) : Number.NaN,
    socketsEndedEarly: held.filter(({ early }) => early).length,
    socketsRefused: load.sockets.refused,
    socketsReset: load.sockets.reset,
    socketSilenceMs: load.sockets.silenceMs,
    requestHeldMs: lastOldAt - firstNewAt,
  };
}

function phaseOf({ phases }: LoadResult, name: string) {
  const phase = phases.find((candidate) => candidate.name === name);
  if (!phase) throw new Error(`the load has no phase "${name}"`);
  return phase;
}

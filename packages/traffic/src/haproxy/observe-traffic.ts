import { type DoorTraffic, SluiceError } from "@sluice/core";
import type { DoorLink } from "./door-link.ts";
import { activeAt, parseStat, type ServerRow, slotTraffic } from "./parse-stat.ts";

/** Servers only; rows of frontends and backends are not needed. */
const showServers = "show stat -1 4 -1";
const showInfo = "show info";

/** Names the door's process: another one began its counters anew. */
export function parseEpoch(info: string): string | null {
  const pid = /^Pid: (\d+)$/m.exec(info)?.[1];
  const start = /^Start_time_sec: (\d+)$/m.exec(info)?.[1];
  return pid !== undefined && start !== undefined ? `${start}-${pid}` : null;
}

/** Of whole seconds, by HAProxy's own clock, which goes on steadily where wall time jumps. */
export function parseUpMs(info: string): number | undefined {
  const seconds = /^Uptime_sec: (\d+)$/m.exec(info)?.[1];
  return seconds === undefined ? undefined : Number(seconds) * 1_000;
}

export async function observeEpoch(link: DoorLink, signal?: AbortSignal): Promise<string> {
  const info = await link.shell.ask([showInfo], signal);
  return parseEpoch(info) ?? misunderstood(link, info);
}

export async function observeServers(link: DoorLink, signal?: AbortSignal): Promise<readonly ServerRow[]> {
  const stat = await link.shell.ask([showServers], signal);
  return parseStat(stat) ?? misunderstood(link, stat);
}

/** Requests and connections under way at both slots. */
export async function observeUnderWay(link: DoorLink, signal?: AbortSignal): Promise<number> {
  const rows = await observeServers(link, signal);
  return activeAt(rows, "blue") + activeAt(rows, "green");
}

/** One question for both, so that counters and epoch are of one process. */
export async function observeTraffic(link: DoorLink, signal?: AbortSignal): Promise<DoorTraffic> {
  const answer = await link.shell.ask([showInfo, showServers], signal);
  const epoch = parseEpoch(answer) ?? misunderstood(link, answer);
  const rows = parseStat(answer) ?? misunderstood(link, answer);
  const upMs = parseUpMs(answer);
  return {
    epoch,
    ...(upMs === undefined ? {} : { upMs }),
    slots: { blue: slotTraffic(rows, "blue"), green: slotTraffic(rows, "green") },
  };
}

function misunderstood({ door }: DoorLink, answer: string): never {
  throw new SluiceError("DOOR_FAILED", `door ${door} gave an answer that is none of HAProxy's`, {
    hint: `look at \`docker logs ${door}\``,
    detail: answer.trim().slice(0, 500),
    retryable: true,
  });
}

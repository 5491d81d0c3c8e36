import { type ComposeService, memoryKillText } from "@sluice/core";
import { restartPolicy } from "../model/restart-policy.ts";

/** Where the file sets no number: together two minutes of waiting, in which a database makes itself ready. */
const mostTimes = 7;
const longestPauseMs = 60_000;

/** How often a job that fails is run again, as its `restart: on-failure` asks: the engine itself would go on for ever without a number. Pure. */
export function timesAgain(service: ComposeService): number {
  const [isMeant, times] = /^on-failure(?::(\d+))?$/.exec(restartPolicy(service) ?? "") ?? [];
  if (isMeant === undefined) return 0;
  return Number(times ?? 0) || mostTimes;
}

/** Exit codes of SIGKILL and SIGTERM: what `docker kill` and `docker stop` leave. */
const stoppedCodes: ReadonlySet<number> = new Set([137, 143]);

/**
 * Whether a job has failed by itself, and was not ended by somebody who would not want it again. Pure.
 *
 * @param container `undefined` where it is gone
 */
export function failedByItself(exitCode: number, container: Parameters<typeof memoryKillText>[0] | undefined): boolean {
  return container !== undefined && (!stoppedCodes.has(exitCode) || memoryKillText(container) !== null);
}

/** How long to wait before that, doubled each time. Pure. */
export function pauseBefore(time: number): number {
  return Math.min(1_000 * 2 ** (time - 1), longestPauseMs);
}

import type { Check, Clock, ContainerExec, Prober, ProbeTarget, Verdict } from "@sluice/core";
import { isSluiceError } from "@sluice/core";
import type { Attempt } from "./attempt.ts";
import { attemptCommand, commandLimit, type RunOneOff } from "./checks/command.ts";
import { attemptContainer, containerLimit, type InspectContainer } from "./checks/container.ts";
import { attemptHttp, httpLimit } from "./checks/http.ts";
import { attemptTcp, tcpLimit } from "./checks/tcp.ts";

export interface ProberOptions {
  readonly exec: ContainerExec;
  readonly clock: Clock;
  readonly inspect: InspectContainer;
  /** For command checks with an image of their own; without it they have no data. */
  readonly runOneOff?: RunOneOff | undefined;
}

/** Between a failed attempt and the next: long enough for a passing cause to pass. */
const betweenAttemptsMs = 250;

/**
 * Runs checks from inside containers, so that nothing of the target but its Docker API must be reachable. A check passes
 * after `successes` good attempts in a row and fails after more than `retries` bad ones.
 */
export function createProber(options: ProberOptions): Prober {
  return {
    async probe(check, target, signal) {
      const limit = limitOf(check);
      let inARow = 0;
      let failures = 0;
      for (let n = 1; ; n++) {
        const attempt = await attemptOnce(options, check, target, signal);
        const verdict = { check: check.name, value: attempt.value, limit, n, detail: attempt.detail };
        if (attempt.result === "inconclusive") return { ...verdict, result: "no-data" } satisfies Verdict;
        if (attempt.result === "pass") {
          inARow += 1;
          if (inARow >= check.successes) return { ...verdict, result: "pass" } satisfies Verdict;
          continue;
        }
        inARow = 0;
        failures += 1;
        if (failures > check.retries) return { ...verdict, result: "fail" } satisfies Verdict;
        await options.clock.sleep(betweenAttemptsMs, signal);
      }
    },
  };
}

function limitOf(check: Check): string {
  switch (check.type) {
    case "http":
      return httpLimit(check);
    case "tcp":
      return tcpLimit(check);
    case "command":
      return commandLimit();
    case "container":
      return containerLimit();
  }
}

/** One attempt within its own time. What cannot be run is a failed attempt; only the caller's abort is thrown. */
async function attemptOnce(
  options: ProberOptions,
  check: Check,
  target: ProbeTarget,
  signal: AbortSignal | undefined,
): Promise<Attempt> {
  const timeout = AbortSignal.timeout(check.timeoutMs);
  const both = signal ? AbortSignal.any([signal, timeout]) : timeout;
  try {
    return await run(options, check, target, both);
  } catch (error) {
    signal?.throwIfAborted();
    if (timeout.aborted) return { result: "fail", value: `nothing within ${check.timeoutMs} ms` };
    if (isSluiceError(error)) return { result: "fail", value: "could not be run", detail: error.message };
    throw error;
  }
}

function run(
  { exec, clock, inspect, runOneOff }: ProberOptions,
  check: Check,
  target: ProbeTarget,
  signal: AbortSignal,
) {
  switch (check.type) {
    case "http":
      return attemptHttp(exec, clock, check, target, signal);
    case "tcp":
      return attemptTcp(exec, check, target, signal);
    case "command":
      return attemptCommand(exec, runOneOff, check, target, signal);
    case "container":
      return attemptContainer(inspect, check, target, signal);
  }
}

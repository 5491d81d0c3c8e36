import type { Check, Clock, ContainerExec, Prober, ProbeTarget, Verdict } from "@sluice/core";
import { formatDuration, isSluiceError } from "@sluice/core";
import type { Attempt } from "./attempt.ts";
import { answersLimit, attemptAnswers } from "./checks/answers.ts";
import { certificateLimit } from "./checks/certificate.ts";
import { attemptCommand, commandLimit, type ProvideImage, type RunOneOff } from "./checks/command.ts";
import { attemptContainer, containerLimit, type InspectContainer, type Starts } from "./checks/container.ts";
import { attemptHttp, httpLimit } from "./checks/http.ts";
import { attemptReachable, type RunInside, reachableLimit } from "./checks/reachable.ts";
import { sequenceLimit } from "./checks/sequence-limit.ts";
import { attemptTcp, tcpLimit } from "./checks/tcp.ts";
import { withDeadline } from "./deadline.ts";
import { loadLimit } from "./load/judge-load.ts";
import { createProbeExec, EngineLate, type ProbeExec } from "./probe-exec.ts";
import type { ReachedTarget } from "./route.ts";
import { type JoinNetwork, standBeside } from "./stand-beside.ts";

export interface ProberOptions {
  readonly exec: ContainerExec;
  readonly clock: Clock;
  readonly inspect: InspectContainer;
  /** For command checks with an image of their own; without it they have no data. */
  readonly runOneOff?: RunOneOff | undefined;
  /** Asked once for each such check, before its first attempt and outside of its time. */
  readonly provideImage?: ProvideImage | undefined;
  /** For what must be reachable from inside; without it such checks have no data. */
  readonly runInside?: RunInside | undefined;
  /** For what no door reaches: services in base and workers; without it such checks have no data. Not in their time. */
  readonly joinNetwork?: JoinNetwork | undefined;
  /** What `${env:NAME}` stands for in what a check sends and expects. Default: nothing is known. */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
  /** Told what must never be shown as soon as it is known: values of the environment, and what answers gave. */
  readonly onSecrets?: ((values: readonly string[]) => void) | undefined;
}

/** Between two attempts: after a failed one, long enough for a passing cause to pass. */
const pauseMs = { pass: 100, fail: 500 } as const;

/**
 * Runs checks from inside containers, so that nothing of the target but its Docker API must be reachable. A check passes
 * after `successes` good attempts in a row and fails after more than `retries` bad ones. One that cannot be made at all has
 * `no-data`. Restarts are told from what the prober saw before: keep one for a deployment.
 */
export function createProber(options: ProberOptions): Prober {
  const starts: Starts = new Map();
  return {
    async probe(check, target, signal) {
      const limit = limitOf(check);
      const missing = await missingImage(options, check, signal);
      if (missing) return { check: check.name, value: "no image", limit, n: 0, detail: missing, result: "fail" };
      let inARow = 0;
      let failures = 0;
      for (let n = 1; ; n++) {
        const { result, ...told } = await attemptOnce({ ...options, starts }, check, target, signal);
        const verdict = { check: check.name, limit, n, ...given(told) };
        if (result === "inconclusive") {
          return { ...verdict, result: "no-data", onNoData: check.onNoData } satisfies Verdict;
        }
        inARow = result === "pass" ? inARow + 1 : 0;
        failures += result === "pass" ? 0 : 1;
        if (inARow >= check.successes) return { ...verdict, result: "pass" } satisfies Verdict;
        if (failures > check.retries) return { ...verdict, result: "fail" } satisfies Verdict;
        await options.clock.sleep(pauseMs[result], signal);
      }
    },
  };
}

/** Why the image of a check cannot be had, or `null`. A pull may take longer than any attempt should. */
async function missingImage(
  { provideImage }: ProberOptions,
  check: Check,
  signal: AbortSignal | undefined,
): Promise<string | null> {
  if (check.type !== "command" || check.image === undefined) return null;
  try {
    await provideImage?.(check.image, signal);
    return null;
  } catch (error) {
    signal?.throwIfAborted();
    if (isSluiceError(error)) return error.message;
    throw error;
  }
}

type Told = Omit<Attempt, "result">;

/** What was told, without what was not: a verdict is compared and written as it is. */
function given(
  told: Told,
): Pick<Attempt, "value"> & { [Key in Exclude<keyof Told, "value">]?: NonNullable<Told[Key]> } {
  const { value, detail, limit, n, p } = told;
  return {
    value,
    ...(limit === undefined ? {} : { limit }),
    ...(n === undefined ? {} : { n }),
    ...(p === undefined ? {} : { p }),
    ...(detail === undefined ? {} : { detail }),
  };
}

interface Means extends ProberOptions {
  readonly starts: Starts;
}

interface AttemptMeans extends Means {
  readonly inside: ProbeExec;
  /** Told before each part of a check that has several. */
  readonly onStep: (step: string) => void;
}

/**
 * One attempt within its own time. What cannot be run is a failed attempt, and what the engine did not run in time is none;
 * only the caller's abort and bugs are thrown.
 */
async function attemptOnce(
  means: Means,
  check: Check,
  target: ProbeTarget,
  signal: AbortSignal | undefined,
): Promise<Attempt> {
  const { exec, clock } = means;
  const inside = createProbeExec(exec, clock);
  // One that judges what is said alone learns nothing where nothing is said.
  const unanswered = check.type === "answers" ? "inconclusive" : "fail";
  let at = "";
  const onStep = (step: string) => {
    at = `${step}: `;
  };
  try {
    await using beside = await standBeside(means, check, target, signal ?? new AbortController().signal);
    const timed = await withDeadline(
      clock,
      check.timeoutMs,
      signal,
      (both) => attempt({ ...means, inside, onStep }, check, beside.target, both),
      inside.engineMs,
    );
    if (timed.done) return timed.value;
    return { result: unanswered, value: `${at}nothing within ${formatDuration(check.timeoutMs)}` };
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof EngineLate) return notAsked(error, at);
    if (!isSluiceError(error)) throw error;
    // What it is asked by is not there: that says nothing of what was to be checked.
    if (error.code === "IMAGE_MISSING") return { result: "inconclusive", value: "no way there", detail: error.message };
    return { result: unanswered, value: "could not be run", detail: error.message };
  }
}

function notAsked({ ms }: EngineLate, at: string): Attempt {
  const detail = `the engine did not run socat in a container within ${formatDuration(ms)}: it or the machine is busy, and nothing was asked`;
  return { result: "inconclusive", value: `${at}not asked within ${formatDuration(ms)}`, detail };
}

async function attempt(
  means: AttemptMeans,
  check: Check,
  target: ReachedTarget,
  signal: AbortSignal,
): Promise<Attempt> {
  const { exec, inside, clock, runOneOff } = means;
  const asking = { ...means, exec: inside };
  switch (check.type) {
    case "http":
      return attemptHttp(asking, check, target, signal);
    case "tcp":
      return attemptTcp(inside, check, target, signal);
    case "answers":
      return attemptAnswers(asking, check, target, signal);
    case "command":
      return attemptCommand(exec, runOneOff, check, target, signal);
    case "sequence": {
      // Its engine of regular expressions is as large as everything else here together.
      const { attemptSequence } = await import("./checks/sequence.ts");
      return attemptSequence(asking, check, target, signal);
    }
    case "load": {
      const { attemptLoad } = await import("./checks/load.ts");
      return attemptLoad(asking, check, target, signal);
    }
    case "certificate": {
      const { attemptCertificate } = await import("./checks/certificate.ts");
      return attemptCertificate(inside, clock, check, target, signal);
    }
    case "reachable":
      return attemptReachable(means.runInside, check, target, signal);
    case "container":
      return attemptContainer(means, check, target, signal);
  }
}

function limitOf(check: Check): string {
  switch (check.type) {
    case "http":
      return httpLimit(check);
    case "tcp":
      return tcpLimit(check);
    case "answers":
      return answersLimit(check);
    case "command":
      return commandLimit();
    case "sequence":
      return sequenceLimit(check);
    case "load":
      return loadLimit(check);
    case "certificate":
      return certificateLimit(check);
    case "reachable":
      return reachableLimit(check);
    case "container":
      return containerLimit();
  }
}

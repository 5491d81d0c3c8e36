import { formatDuration, releaseChecks, type Slot, SluiceError, stops, type Verdict } from "@sluice/core";
import type { StepCall } from "./action.ts";
import { probeChecks } from "./actions/verify.ts";
import { type DeploymentScope, emit, releaseOf } from "./scope.ts";
import { beginWatched } from "./watched.ts";
import { createWindows } from "./windows.ts";

interface Watch {
  readonly step: string;
  readonly slot: Slot;
  readonly services: readonly string[];
  readonly holdMs: number;
  /** Share of the candidate while it is watched. */
  readonly at: number;
}

/** Name of the verdict on latency, by the port's contract. */
const latencyCheck = "latency";

/**
 * Watches the candidate for a span: its containers, what users get from it next to the previous, and what the checks that
 * watch see at their own pace. Ends at once when a verdict is bad.
 *
 * @throws SluiceError ANALYSIS_FAILED
 */
export async function watch(
  scope: DeploymentScope,
  { step, slot, services, holdMs, at }: Watch,
  call: StepCall,
): Promise<void> {
  const { ports, config } = scope;
  const { analysis } = config;
  const containerChecks = releaseChecks(config, releaseOf(scope).bundle.services).filter(
    ({ type }) => type === "container",
  );
  const begin = ports.clock.monotonicMs();
  const interval = Math.min(analysis.interval, holdMs);
  const looks = Math.max(1, Math.ceil(holdMs / interval));
  const warmupMs = Math.min(analysis.warmup, holdMs / 2);
  await using windows = await createWindows(scope, slot, services, { warmupMs, signal: call.signal });
  await using watched = await beginWatched(scope, { slot, share: at, holdMs }, call.signal);
  let isSlow = false;
  let last: readonly Verdict[] = [];
  for (let look = 1; look <= looks; look++) {
    const left = holdMs - (ports.clock.monotonicMs() - begin);
    if (left > 0) await ports.clock.sleep(Math.min(interval, left), call.signal);
    const running = await probeChecks(scope, slot, containerChecks, call.signal);
    const judged = analysis.enabled ? await judge(look) : [];
    last = [...running, ...judged, ...watched.latest()];
    // One slow look may be a hiccup of the machine: latency must be bad twice in a row.
    const bad = last.find(({ check, result }) => result === "fail" && (check !== latencyCheck || isSlow));
    isSlow = judged.some(({ check, result }) => check === latencyCheck && result === "fail");
    if (bad) throw fail(bad);
  }
  const ended = await watched.end();
  const stopping = ended.find(stops);
  if (stopping) throw fail(stopping);
  const shown = [...last.filter(({ check }) => !ended.some((verdict) => verdict.check === check)), ...ended];
  for (const verdict of shown) emit(scope, { type: "verdict", deployment: scope.deployment, step, verdict });
  call.progress(`watched for ${formatDuration(holdMs)} at ${at} %`);

  function fail(bad: Verdict): SluiceError {
    emit(scope, { type: "verdict", deployment: scope.deployment, step, verdict: bad });
    return new SluiceError("ANALYSIS_FAILED", `${bad.check}: ${bad.value}, limit ${bad.limit} (n=${bad.n})`, {
      ...(bad.detail ? { detail: bad.detail } : {}),
      hint: "see the log of the candidate; the release is not tried again without --retry",
    });
  }

  async function judge(look: number): Promise<readonly Verdict[]> {
    const { candidate, previous } = await windows.read();
    if (at < 100 && previous.requests > 0) scope.recorded = previous;
    // With all users at the candidate the previous is as it was last seen. What it took is not compared: it had other load.
    const recorded = scope.recorded ? { ...scope.recorded, latenciesMs: [] } : null;
    return ports.judge({ candidate, previous: at === 100 ? recorded : previous, look, looks, settings: analysis });
  }
}

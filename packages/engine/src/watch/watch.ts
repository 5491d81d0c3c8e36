import { candidateChecks, formatDuration, type Slot, SluiceError, stops, type Verdict } from "@sluice/core";
import type { StepCall } from "../action.ts";
import { lookAtWorkers } from "../actions/prove-workers.ts";
import { probeChecks } from "../actions/verify.ts";
import { type DeploymentScope, emit, judgingConfig, releaseOf } from "../scope.ts";
import { hasTooFew, type Judged, judgeServices, undecidedOf } from "./judge-services.ts";
import { createSynthetic } from "./synthetic.ts";
import { endingVerdict, goesOn, nextLook, referenceOf, type Span, slownessOf, spanRules } from "./watch-rules.ts";
import { beginWatched } from "./watched.ts";
import { createWindows } from "./windows.ts";

interface Watch extends Span {
  readonly step: string;
  readonly slot: Slot;
  readonly services: readonly string[];
  /** Workers of the candidate run by now. Default: not yet. */
  readonly asksWorkers?: boolean | undefined;
}

/**
 * Watches the candidate for a span: its containers, what users get from it next to the previous, and what the checks that
 * watch see at their own pace. Ends at once when a verdict is bad. Where there was too little to judge, it may watch as
 * long again.
 *
 * @throws SluiceError ANALYSIS_FAILED; ANALYSIS_UNDECIDED where a person is to decide without data
 */
export async function watch(
  scope: DeploymentScope,
  { step, slot, services, holdMs, at, isMeanwhile = false, asksWorkers = false }: Watch,
  call: StepCall,
): Promise<void> {
  const { ports, config } = scope;
  const { analysis } = config;
  const containerChecks = candidateChecks(judgingConfig(scope), releaseOf(scope).bundle.services).filter(
    ({ type }) => type === "container",
  );
  const begin = ports.clock.monotonicMs();
  const rules = spanRules(analysis, { holdMs, at, isMeanwhile });
  const { planned, looks, warmupMs, onNoData } = rules;
  await using windows = await createWindows(scope, slot, services, { warmupMs, signal: call.signal });
  await using watched = await beginWatched(scope, { step, slot, share: at, holdMs }, call.signal);
  const early = AbortSignal.any([call.signal, watched.failed]);
  const synthetic = onNoData === "synthetic" ? createSynthetic(scope, slot) : null;
  let slow: readonly string[] = [];
  let last: readonly Verdict[] = [];
  let open: Verdict | undefined;
  let [look, lookedAtMs] = [0, 0];
  const elapsed = () => ports.clock.monotonicMs() - begin;
  while (goesOn(rules, lookedAtMs, open !== undefined)) {
    const isLonger = lookedAtMs >= holdMs;
    if (isLonger && look <= planned)
      call.progress(`too few to judge: watched ${formatDuration(holdMs)} longer at most`);
    const { number, dueMs } = nextLook(rules, look, { elapsedMs: elapsed(), isLonger });
    const left = dueMs - elapsed();
    if (left > 0) await unlessFound(ports.clock.sleep(left, early));
    // A timer may fire a little early.
    [look, lookedAtMs] = [number, Math.max(dueMs, elapsed())];
    await lookOnce();
  }
  const ended = await watched.end(isMeanwhile ? null : lookFor);
  const stopping = ended.find(stops);
  if (stopping) throw fail(stopping);
  const shown = [...last.filter(({ check }) => !ended.some((verdict) => verdict.check === check)), ...ended];
  for (const verdict of shown) emit(scope, { type: "verdict", deployment: scope.deployment, step, verdict });
  if (onNoData === "pause" && open) throw undecided(open);
  const watchedMs = Math.max(holdMs, Math.round((ports.clock.monotonicMs() - begin) / 1_000) * 1_000);
  call.progress(`watched for ${formatDuration(watchedMs)} at ${at} %`);

  async function lookOnce(): Promise<void> {
    // An engine that answers late holds up nobody who asks the door.
    const looked = Promise.all([
      probeChecks(scope, slot, containerChecks, early),
      asksWorkers ? lookAtWorkers(scope, slot, early) : ([] as const),
      analysis.enabled ? judge(look) : ([] as const),
    ]);
    const [running, working, judged] = await unlessFound(looked);
    open = undecidedOf(judged, analysis.minRequests);
    const asked = synthetic && hasTooFew(judged) ? await unlessFound(synthetic.look(look, looks, early)) : [];
    last = [...running, ...working, ...judged.map(({ verdict }) => verdict), ...asked, ...watched.latest()];
    const slowness = slownessOf(judged, slow);
    slow = slowness.slow;
    const bad = endingVerdict(last, slowness.forgiven);
    if (bad) throw fail(bad);
  }

  /** Users are watched while a check is waited for. */
  async function lookFor(ms: number): Promise<void> {
    const untilMs = ports.clock.monotonicMs() + ms;
    for (let left = ms; left > 0; left = untilMs - ports.clock.monotonicMs()) {
      await unlessFound(ports.clock.sleep(Math.min(analysis.interval, left), early));
      await lookOnce();
    }
  }

  /** What a check that watches finds needs no look at anything else. */
  async function unlessFound<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      const found = watched.latest().find(({ result }) => result === "fail");
      throw found && !call.signal.aborted ? fail(found) : error;
    }
  }

  function fail(bad: Verdict): SluiceError {
    emit(scope, { type: "verdict", deployment: scope.deployment, step, verdict: bad });
    return new SluiceError("ANALYSIS_FAILED", `${bad.check}: ${bad.value}, limit ${bad.limit} (n=${bad.n})`, {
      ...(bad.detail ? { detail: bad.detail } : {}),
      hint: "see the log of the candidate; the release is not tried again without --retry",
    });
  }

  async function judge(look: number): Promise<readonly Judged[]> {
    const found = await windows.read();
    const beside = found.map(({ service, candidate, previous }) => {
      const { reference, recorded } = referenceOf(at, previous, scope.recorded.get(service) ?? null);
      if (recorded) scope.recorded.set(service, recorded);
      return { service, candidate, previous: reference };
    });
    return judgeServices(ports.judge, beside, { look, looks, settings: analysis });
  }
}

function undecided({ check, detail, n }: Verdict): SluiceError {
  return new SluiceError("ANALYSIS_UNDECIDED", `too few requests to judge the ${check}: ${detail ?? `n=${n}`}`, {
    hint: "analysis.onNoData is pause: a person decides",
  });
}

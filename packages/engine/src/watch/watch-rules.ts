import type { AnalysisConfig, SlotWindow, Verdict } from "@sluice/core";
import type { Judged } from "./judge-services.ts";

export { judgeServices, undecidedOf } from "./judge-services.ts";

/** Latencies kept of each slot, the newest: enough for a rank test, constant memory. */
export const keptLatencies = 2_000;

/** A time in which the candidate is watched at one share: a step, the bake, or while a person decides. */
export interface Span {
  readonly holdMs: number;
  /** Percent of the users that the candidate has meanwhile. */
  readonly at: number;
  /** Something else decides when it ends, as a person does: that there was too little to judge is no matter then. */
  readonly isMeanwhile?: boolean;
}

/** How a span is looked at. Times in milliseconds. */
export interface SpanRules {
  readonly holdMs: number;
  readonly interval: number;
  /** Looks until the span ends as planned, and at most. */
  readonly planned: number;
  readonly looks: number;
  /** What is asked in this time says nothing of latency. */
  readonly warmupMs: number;
  readonly onNoData: AnalysisConfig["onNoData"];
}

export function spanRules(
  { interval: wanted, warmup, onNoData: configured }: AnalysisConfig,
  { holdMs, at, isMeanwhile = false }: Span,
): SpanRules {
  const interval = Math.min(wanted, holdMs);
  // Without users there is nothing to wait for.
  const onNoData = isMeanwhile || at === 0 ? "proceed" : configured;
  const planned = Math.max(1, Math.ceil(holdMs / interval));
  const looks = onNoData === "extend" ? 2 * planned : planned;
  return { holdMs, interval, planned, looks, warmupMs: Math.min(warmup, holdMs / 2), onNoData };
}

/**
 * Whether there is another look: until the span is over, and for as long again where that is configured.
 *
 * @param lookedAtMs when the last look was, 0 before the first
 * @param undecided it had too little to judge by
 */
export function goesOn({ holdMs, looks, planned }: SpanRules, lookedAtMs: number, undecided: boolean): boolean {
  return lookedAtMs < holdMs || (looks > planned && lookedAtMs < 2 * holdMs && undecided);
}

/**
 * Looks are due at fixed times. Those that a machine without time has missed are not made up for: many looks in
 * one moment show no more than one does.
 */
export function nextLook(
  { interval, holdMs }: SpanRules,
  look: number,
  { elapsedMs, isLonger }: { readonly elapsedMs: number; readonly isLonger: boolean },
): { readonly number: number; readonly dueMs: number } {
  const untilMs = isLonger ? 2 * holdMs : holdMs;
  const number = Math.min(Math.ceil(untilMs / interval), Math.max(look + 1, Math.ceil(elapsedMs / interval)));
  return { number, dueMs: Math.min(number * interval, untilMs) };
}

export interface Reference {
  /** What the candidate is judged against; `null` where there is nothing. */
  readonly reference: SlotWindow | null;
  /** The previous as it was last seen with users. */
  readonly recorded: SlotWindow | null;
}

/**
 * What the candidate is judged against, and what is to be remembered of the previous. With all users at the candidate the
 * previous is as it was last seen; what it took is not compared then: it had other load.
 *
 * @param at percent of the users that the candidate has
 * @param previous the same span of the previous
 * @param recorded what was remembered so far
 */
export function referenceOf(at: number, previous: SlotWindow, recorded: SlotWindow | null): Reference {
  const known = at < 100 && previous.requests > 0 ? previous : recorded;
  if (at < 100) return { reference: previous, recorded: known };
  return { reference: known && { ...known, latenciesMs: [], latencyClients: [] }, recorded: known };
}

/**
 * The services that are slow at a look, and the verdicts that end nothing because of it. One slow look may be a hiccup of
 * the machine: latency must be bad twice in a row.
 *
 * @param slowBefore what was `slow` at the look before
 */
export function slownessOf(
  judged: readonly Judged[],
  slowBefore: readonly string[],
): { readonly slow: readonly string[]; readonly forgiven: readonly Verdict[] } {
  const now = judged.filter(({ about, verdict }) => about === "latency" && verdict.result === "fail");
  const forgiven = now.flatMap(({ service, verdict }) => (slowBefore.includes(service) ? [] : [verdict]));
  return { slow: now.map(({ service }) => service), forgiven };
}

/** The verdict that ends a span, if there is one. */
export function endingVerdict(verdicts: readonly Verdict[], forgiven: readonly Verdict[]): Verdict | undefined {
  return verdicts.find((verdict) => verdict.result === "fail" && !forgiven.includes(verdict));
}

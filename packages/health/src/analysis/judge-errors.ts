import type { JudgeWindow, SlotWindow, Verdict } from "@sluice/core";
import { evidenceOfMore } from "./evidence.ts";
import { type Counted, wilsonBounds } from "./statistics.ts";

/**
 * Risk to throw a good release away for its errors, in one window and however often it is looked at. A deployment has
 * some windows, three by default: in all of them it may cost 1 %.
 */
const alpha = 0.003;
/** Fewer errors prove nothing, whatever the rate. */
const fewestErrors = 3;
interface Proof {
  readonly risk: number;
  readonly fewest: number;
}
/** What must be left without the client that met most errors: that it was not alone, not the whole proof once more. */
const ofOthers: Proof = { risk: 0.02, fewest: 2 };
/** Errors without one success that need no other statistics. */
const allFailing = 5;
/** Where users are on the candidate alone and no limit is configured, percent. */
const maxAlone = 10;

export function judgeErrors(window: JudgeWindow): Verdict {
  const { candidate, previous, looks, services = 1, settings } = window;
  const { requests, errors } = candidate;
  const toFail: Proof = { risk: alpha / Math.max(1, services), fewest: fewestErrors };
  const perLook = toFail.risk / Math.max(1, looks);
  // Bounds are costly, and most looks need none.
  const bounds = () => wilsonBounds(errorsOf(candidate), perLook);
  const measured = {
    unit: "%" as const,
    candidate: rateOf(candidate),
    previous: hasUsers(previous) ? rateOf(previous) : null,
  };
  const base = {
    check: "errors",
    value: `${percent(rateOf(candidate))} errors`,
    n: requests,
    ...(requests > 0 ? { measured } : {}),
  };
  const failures = failuresAlone(candidate);
  if (failures >= allFailing && chanceOf(failures, previous) < toFail.risk) {
    return { ...base, result: "fail", limit: "some requests succeed" };
  }
  const notes: string[] = [];
  const max = settings.errors.max ?? (hasUsers(previous) ? undefined : maxAlone);
  if (max !== undefined && errors >= fewestErrors && rateOf(candidate) > max) {
    const least = bounds().lower * 100;
    const detail = `the rate is ${percent(least)} at least`;
    // A limit that somebody set holds whoever met the errors.
    const holds = settings.errors.max !== undefined || exceeds(withoutWorst(candidate), max, ofOthers);
    if (least > max && holds) return { ...base, result: "fail", limit: `<= ${percent(max)}`, detail };
    if (least > max) notes.push(burstText(candidate));
  }
  const compared = hasUsers(previous) ? compare(candidate, previous, settings.errors.maxIncrease, toFail) : null;
  const limit = compared?.limit ?? `<= ${percent(max ?? maxAlone)}`;
  const p = compared ? { p: compared.p } : {};
  if (compared?.fails) {
    if (!compared.isBurst) return { ...base, ...p, result: "fail", limit };
    notes.push(burstText(candidate));
  }
  if (requests < settings.minRequests) {
    notes.push(`with n=${requests} the rate may be up to ${percent(bounds().upper * 100)}`);
  }
  if (notes.length > 0) return { ...base, ...p, result: "no-data", limit, detail: notes.join("; ") };
  return { ...base, ...p, result: "pass", limit };
}

/** The candidate's errors next to those of the previous in the same span. */
function compare(candidate: SlotWindow, previous: SlotWindow, maxIncrease: number, toFail: Proof) {
  const evidence = evidenceOfMore(errorsOf(candidate), errorsOf(previous));
  const limit = `<= ${percent(rateOf(previous) + maxIncrease)} (previous ${percent(rateOf(previous))}, n=${previous.requests})`;
  const isProven = (window: SlotWindow, itsEvidence: number, { risk, fewest }: Proof) =>
    itsEvidence >= 1 / risk && window.errors >= fewest && rateOf(window) - rateOf(previous) >= maxIncrease;
  const fails = isProven(candidate, evidence, toFail);
  const others = withoutWorst(candidate);
  return {
    p: Math.min(1, 1 / evidence),
    limit,
    fails,
    isBurst: fails && !isProven(others, evidenceOfMore(errorsOf(others), errorsOf(previous)), ofOthers),
  };
}

const exceeds = (window: SlotWindow, max: number, { risk, fewest }: Proof): boolean =>
  window.errors >= fewest && wilsonBounds(errorsOf(window), risk).lower * 100 > max;

const none = { requests: 0, errors: 0 };

/**
 * One client in trouble makes many errors: what fails a release must stand out without the client that met most, and
 * without what may be of the same one.
 */
function withoutWorst(window: SlotWindow): SlotWindow {
  const { requests, errors, worstClient = none, unattributed = none } = window;
  return {
    ...window,
    requests: Math.max(0, requests - worstClient.requests - unattributed.requests),
    errors: Math.max(0, errors - worstClient.errors - unattributed.errors),
  };
}

function burstText({ errors, worstClient = none, unattributed = none }: SlotWindow): string {
  const met = `${unattributed.errors > 0 ? "may have met" : "met"} ${worstClient.errors + unattributed.errors}`;
  return `one client ${met} of the ${errors} errors, and without it they prove nothing`;
}

const hasUsers = (window: SlotWindow | null): window is SlotWindow => window !== null && window.requests > 0;
/**
 * Failures of a candidate of which no request succeeds. Not where it is, or may be, one client alone: that may be the one
 * that is in trouble.
 */
function failuresAlone({ errors, requests, clients, unattributed = none }: SlotWindow): number {
  if (errors < requests || clients === 1) return 0;
  // Of no client that is known: then only what is not still to become known.
  return clients === 0 ? errors - unattributed.errors : errors;
}
/** That so many requests fail in a row where they do as often as those of the previous: what both need may be down. */
function chanceOf(failures: number, previous: SlotWindow | null): number {
  return hasUsers(previous) ? (rateOf(previous) / 100) ** failures : 0;
}
const errorsOf = ({ errors, requests }: SlotWindow): Counted => ({ hits: Math.min(errors, requests), n: requests });
const rateOf = ({ errors, requests }: SlotWindow): number =>
  requests > 0 ? (Math.min(errors, requests) / requests) * 100 : 0;

export function percent(value: number): string {
  return `${Math.round(value * 100) / 100} %`;
}

import type { JudgeWindow, SlotWindow, Verdict } from "@sluice/core";
import { type Counted, fisherGreater, wilsonBounds } from "./statistics.ts";

/** Risk to throw a good release away for its errors, over all looks of a window. */
const alpha = 0.008;
/** Fewer errors prove nothing, whatever the rate. */
const fewestErrors = 3;
/** Errors without one success that need no statistics. */
const allFailing = 5;
/** Where users are on the candidate alone and no limit is configured, percent. */
const maxAlone = 10;
/** One client in trouble makes many errors: the clients in trouble must be more than chance deals out as well. */
const clientAlpha = 0.05;

export function judgeErrors(window: JudgeWindow): Verdict {
  const { candidate, previous, looks, settings } = window;
  const { requests, errors } = candidate;
  const perLook = alpha / Math.max(1, looks);
  const { lower, upper } = wilsonBounds(errorsOf(candidate), perLook);
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
  if (failsAltogether(candidate) && !(previous && failsAltogether(previous))) {
    return { ...base, result: "fail", limit: "some requests succeed" };
  }
  const max = settings.errors.max ?? (hasUsers(previous) ? undefined : maxAlone);
  if (max !== undefined && errors >= fewestErrors && lower * 100 > max) {
    const detail = `the rate is ${percent(lower * 100)} at least`;
    return { ...base, result: "fail", limit: `<= ${percent(max)}`, detail };
  }
  const compared = hasUsers(previous) ? compare(candidate, previous, settings.errors.maxIncrease) : null;
  const limit = compared?.limit ?? `<= ${percent(max ?? maxAlone)}`;
  const p = compared ? { p: compared.p } : {};
  const notes: string[] = [];
  if (compared?.stands && compared.p < perLook) {
    if (!compared.isBurst) return { ...base, ...p, result: "fail", limit };
    notes.push(`the errors are those of ${candidate.clientsWithErrors} of ${candidate.clients} clients`);
  }
  if (requests < settings.minRequests) notes.push(`with n=${requests} the rate may be up to ${percent(upper * 100)}`);
  if (notes.length > 0) return { ...base, ...p, result: "no-data", limit, detail: notes.join("; ") };
  return { ...base, ...p, result: "pass", limit };
}

/** The candidate's errors next to those of the previous in the same span. */
function compare(candidate: SlotWindow, previous: SlotWindow, maxIncrease: number) {
  const increase = rateOf(candidate) - rateOf(previous);
  const p = fisherGreater(errorsOf(candidate), errorsOf(previous));
  const limit = `<= ${percent(rateOf(previous) + maxIncrease)} (previous ${percent(rateOf(previous))}, n=${previous.requests})`;
  const stands = candidate.errors >= fewestErrors && increase >= maxIncrease;
  const areKnown = candidate.clients > 0 && previous.clients > 0;
  const isBurst = areKnown && fisherGreater(clientsOf(candidate), clientsOf(previous)) >= clientAlpha;
  return { p, limit, stands, isBurst };
}

const hasUsers = (window: SlotWindow | null): window is SlotWindow => window !== null && window.requests > 0;
const failsAltogether = ({ errors, requests }: SlotWindow): boolean => errors >= allFailing && errors >= requests;
const errorsOf = ({ errors, requests }: SlotWindow): Counted => ({ hits: Math.min(errors, requests), n: requests });
const clientsOf = ({ clientsWithErrors, clients }: SlotWindow): Counted => ({ hits: clientsWithErrors, n: clients });
const rateOf = ({ errors, requests }: SlotWindow): number =>
  requests > 0 ? (Math.min(errors, requests) / requests) * 100 : 0;

export function percent(value: number): string {
  return `${Number(value.toFixed(2))} %`;
}

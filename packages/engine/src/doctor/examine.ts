import {
  type Clock,
  createDeadline,
  type Diagnosis,
  type DoctorReport,
  type Examiner,
  isSluiceError,
  messageOf,
} from "@sluice/core";
import { settle } from "../deadline.ts";

/** What one examiner may take, milliseconds. */
const examinerBudgetMs = 30_000;

/**
 * Asks every examiner, all at once, and reports what they found. One that fails or does not end in time is a finding
 * itself: it keeps no other from being asked.
 */
export async function examine(
  examiners: readonly Examiner[],
  clock: Clock,
  signal?: AbortSignal,
): Promise<DoctorReport> {
  const found = await Promise.all(examiners.map((examiner) => ask(examiner, clock, signal)));
  signal?.throwIfAborted();
  const diagnoses = unique(found.flat()).toSorted((a, b) => rank(a) - rank(b));
  return {
    ok: diagnoses.every(({ severity }) => severity === "note"),
    examined: examiners.map(({ name }) => name),
    diagnoses,
  };
}

async function ask(examiner: Examiner, clock: Clock, outer: AbortSignal | undefined): Promise<readonly Diagnosis[]> {
  using deadline = createDeadline(clock, examinerBudgetMs);
  const signal = outer ? AbortSignal.any([outer, deadline.signal]) : deadline.signal;
  try {
    return await settle(clock, signal, examiner.examine(signal));
  } catch (error) {
    return [failureOf(examiner.name, error)];
  }
}

/** What failed while it was looked at, as a finding of its own. */
function failureOf(name: string, error: unknown): Diagnosis {
  const why = `nothing can be said of the ${name}, and a deployment would fail here too`;
  if (isSluiceError(error)) {
    const code = error.code.toLowerCase().replaceAll("_", "-") as Diagnosis["code"];
    return { severity: "error", code, what: error.message, why, mend: error.hint ?? "see the message" };
  }
  const what = messageOf(error);
  return {
    severity: "error",
    code: "not-examined",
    what: `the ${name} could not be examined: ${what}`,
    why,
    mend: "run sluice doctor again",
  };
}

/** Examiners that need the same thing fail alike; it is told once. */
function unique(diagnoses: readonly Diagnosis[]): readonly Diagnosis[] {
  return [...new Map(diagnoses.toReversed().map((one) => [`${one.code} ${one.what}`, one])).values()].toReversed();
}

function rank({ severity }: Diagnosis): number {
  return ["error", "warn", "note"].indexOf(severity);
}

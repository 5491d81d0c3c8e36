import type { DiagnosisCode } from "./finding-codes.ts";

/** Something that is wrong with a machine or a stack, told to the person who is to mend it. */
export interface Diagnosis {
  /** `error`: deployments fail or users suffer; `warn`: one of both may come; `note`: it cannot be told whether something is wrong. */
  readonly severity: "error" | "warn" | "note";
  readonly code: DiagnosisCode;
  readonly what: string;
  readonly why: string;
  /** The command that mends it, or what to do where no command can. */
  readonly mend: string;
}

export interface DoctorReport {
  /** Whether nothing was found but notes. */
  readonly ok: boolean;
  /** What was looked at. */
  readonly examined: readonly string[];
  /** Errors first, notes last. */
  readonly diagnoses: readonly Diagnosis[];
}

/** A diagnosis where it applies. */
export function when(applies: boolean, diagnosis: Diagnosis): readonly Diagnosis[] {
  return applies ? [diagnosis] : [];
}

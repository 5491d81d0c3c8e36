import type { Diagnosis } from "../model/diagnosis.ts";

/** Looks at one thing for the doctor, and changes nothing. */
export interface Examiner {
  /** `engine`, `journal`, … */
  readonly name: string;
  /** What is wrong. What is thrown becomes a diagnosis too. */
  examine(signal: AbortSignal): Promise<readonly Diagnosis[]>;
}

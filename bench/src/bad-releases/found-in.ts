/** The step in which a version was found to be bad, and the percent of the users that it had then. */
export interface FoundIn {
  /** Kind of the step, such as `shift` or `bake`. */
  readonly step: string;
  readonly share: number;
}

interface Entry {
  readonly type: string;
  readonly tag?: string;
  readonly step?: string;
  readonly result?: string;
  readonly plan?: {
    readonly steps: readonly { readonly id: string; readonly kind: string; readonly share?: number }[];
  };
}

/** Reads it from the journal of a stack; `undefined` where no step of the last deployment of `tag` has failed. Pure. */
export function foundIn(journal: string, tag: string): FoundIn | undefined {
  const entries = journal
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Entry);
  const from = entries.findLastIndex((entry) => entry.type === "deployment-start" && entry.tag === tag);
  if (from < 0) return undefined;
  const failed = entries.slice(from).find(({ type, result }) => type === "step-outcome" && result === "failed")?.step;
  const steps = entries[from]?.plan?.steps ?? [];
  const at = steps.findIndex(({ id }) => id === failed);
  const step = steps[at];
  if (!step) return undefined;
  return { step: step.kind, share: steps.slice(0, at + 1).findLast(({ share }) => share !== undefined)?.share ?? 0 };
}

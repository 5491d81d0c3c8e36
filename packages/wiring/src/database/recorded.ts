import { type Finding, isAbortOf, isSluiceError, type Journal, type JournalEntry } from "@sluice/core";

export interface Done<T> {
  readonly result: T;
  /** For the journal. */
  readonly record: Readonly<Record<string, unknown>>;
}

/**
 * Does something with its intent and its outcome in the journal. What is done is done, and why it failed is why it failed, also where
 * that cannot be recorded any more: the first is told as a finding beside the result.
 *
 * @param about of both entries
 * @throws SluiceError as `run`; DISK_FULL, HOME_UNUSABLE where the intent cannot be recorded, and nothing was done
 */
export async function recorded<T>(
  { journal, signal, say }: { journal: Pick<Journal, "append">; signal: AbortSignal; say: (finding: Finding) => void },
  about: JournalEntry,
  run: () => Promise<Done<T>>,
): Promise<T> {
  await journal.append({ ...about, result: "begun" });
  const { result, record } = await run().catch(async (error: unknown) => {
    const failure = isSluiceError(error) ? { code: error.code, message: error.message } : { message: String(error) };
    const outcome = isAbortOf(error, signal) ? "interrupted" : "failed";
    await journal.append({ ...about, result: outcome, error: failure }).catch(() => undefined);
    throw error;
  });
  await journal.append({ ...about, ...record, result: "done" }).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    const what = about.type.replace(/^database-/, "database ");
    say({
      severity: "warn",
      code: "done-unrecorded",
      message: `${what}: it is done, and that is not in the record: ${why}`,
      hint: "do not run it again for that; free some space for the state home, or look at its disk",
    });
  });
  return result;
}

import {
  type DatabaseEntry,
  type DatabaseIntent,
  databaseEntry,
  type Finding,
  isAbortOf,
  isSluiceError,
  type Journal,
  messageOf,
} from "@sluice/core";

type Outcome = { readonly result: DatabaseEntry["result"] } & Done<never>["record"];

export interface Done<T> {
  readonly result: T;
  /** For the journal. */
  readonly record: Readonly<Record<string, unknown>>;
}

interface Recording {
  readonly journal: Pick<Journal, "append">;
  readonly signal: AbortSignal;
  readonly say: (finding: Finding) => void;
}

/**
 * Does something with its intent and its outcome in the journal. What is done is done, and why it failed is why it failed, also where
 * that cannot be recorded any more: the first is told as a finding beside the result. Where nobody knows what became of it (`undecided`),
 * it has no end in the record, as if it had been killed: the next holder of the lock looks what is there (`settleExchange`).
 *
 * @param about of both entries
 * @throws SluiceError as `run`; DISK_FULL, HOME_UNUSABLE where the intent cannot be recorded, and nothing was done
 */
export async function recorded<T>(to: Recording, about: DatabaseIntent, run: () => Promise<Done<T>>): Promise<T> {
  await to.journal.append(databaseEntry({ ...about, result: "begun" }));
  return recordEnd(to, about, run, () => ({}));
}

/**
 * As `recorded`, of what makes room: a full disk must not keep anybody from it, so that it has no intent. What it has removed is in the
 * record also where it failed half-way.
 *
 * @param run is given whom to tell of each thing that it removes
 */
export async function recordedAfter<T>(
  to: Recording,
  about: DatabaseIntent,
  run: (onRemoved: (id: string) => void) => Promise<T>,
): Promise<T> {
  const removed: string[] = [];
  const done = async () => ({ result: await run((id) => void removed.push(id)), record: {} });
  return recordEnd(to, about, done, () => ({ removed }));
}

/** @param known what the record has of it, however it ended */
async function recordEnd<T>(
  { journal, signal, say }: Recording,
  about: DatabaseIntent,
  run: () => Promise<Done<T>>,
  known: () => Done<never>["record"],
): Promise<T> {
  const append = (outcome: Outcome) => journal.append(databaseEntry({ ...about, ...known(), ...outcome }));
  const { result, record } = await run().catch(async (error: unknown) => {
    if (isSluiceError(error) && error.undecided) throw error;
    const failure = isSluiceError(error) ? { code: error.code, message: error.message } : { message: String(error) };
    const outcome = isAbortOf(error, signal) ? "interrupted" : "failed";
    await append({ result: outcome, error: failure }).catch(() => undefined);
    throw error;
  });
  await append({ ...record, result: "done" }).catch((error: unknown) => {
    const why = messageOf(error);
    say({
      severity: "warn",
      code: "done-unrecorded",
      message: `database ${about.action}: it is done, and that is not in the record: ${why}`,
      hint: "do not run it again for that; free some space for the state home, or look at its disk",
    });
  });
  return result;
}

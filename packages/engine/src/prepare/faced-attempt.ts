import type { FailingPrevious, Journal, StoredRelease, UnfinishedDeployment } from "@sluice/core";
import { goesBack } from "../record/goes-back.ts";
import type { UnfinishedAttempt } from "../record/journal-entries.ts";
import { failingPrevious } from "./incompatible-release.ts";

/** What decides what becomes of an attempt without an end. */
interface FacedAttempt {
  readonly facing: UnfinishedDeployment;
  /** Why the release before does not run on the data, whether or not somebody answers for it; absent where nobody saw it fail. */
  readonly fails: FailingPrevious | undefined;
}

/**
 * An attempt without an end with what the record says beside it: the same to who deals with it and to who only foresees that.
 *
 * @param before the release before it; `null` where there was none, or it is not stored
 * @param acceptIncompatible somebody answers for the release before on the data as it is now. Default: nobody does
 * @throws SluiceError JOURNAL_INVALID, JOURNAL_NEWER, HOME_UNUSABLE
 */
export async function faceAttempt(
  unfinished: UnfinishedAttempt,
  before: StoredRelease | null,
  journal: Journal,
  acceptIncompatible = false,
): Promise<FacedAttempt> {
  const { attempt } = unfinished;
  const { tag = "the version before", services } = before?.bundle ?? {};
  const fails = await failingPrevious(attempt, tag, journal);
  const previousFails = acceptIncompatible ? undefined : fails;
  return {
    facing: { ...unfinished, before: services, previousFails, goesBack: await goesBack(attempt, journal) },
    fails,
  };
}

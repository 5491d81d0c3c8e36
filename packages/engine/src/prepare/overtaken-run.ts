import { isOfCommit, SluiceError, type StoredRelease } from "@sluice/core";
import type { Origin } from "../record/journal-entries.ts";
import { type AttemptEnds, readAttemptEnds } from "../record/read-attempts.ts";
import type { DeployRequest } from "../requests.ts";
import type { EnginePorts } from "../scope.ts";

/**
 * An event asks for its release for as long as its run may wait, or be run again: weeks, maybe. Whatever was asked for since, and went
 * live, is what is wanted now. What a person names is, too.
 *
 * @throws SluiceError RELEASE_REFUSED
 */
export async function assertNotOvertaken(
  { release: { tag, commit, source }, origin }: Pick<DeployRequest, "release" | "origin">,
  serves: StoredRelease | null,
  { journal }: Pick<EnginePorts, "journal">,
): Promise<void> {
  const run = source === "event" ? runOf(origin) : null;
  if (!run || (serves && isOfCommit(serves.bundle, commit))) return;
  const settled = settledBy(await readAttemptEnds(journal), run);
  if (!settled) return;
  const newer = runOf(settled.start.origin)?.id;
  const why =
    newer === run.id
      ? `run ${run.id} had made ${settled.start.tag} live already, and it was left since`
      : `run ${run.id} asks for ${tag}, and run ${newer} asked for ${settled.start.tag} later, which went live`;
  throw new SluiceError("RELEASE_REFUSED", why, {
    hint: `publish a new release; or by hand, in a checkout of ${tag}: sluice deploy --release ${tag}, or where it is stored: sluice rollback ${tag}`,
  });
}

/**
 * The last deployment that has settled what a run asks for: it made live what was asked for later, or what this very run asks for.
 * Going back settles nothing but what is left by it, nor does a run what it has taken back itself. Pure.
 *
 * @param attempts oldest first
 * @returns `undefined` where the run may go on
 */
function settledBy(attempts: readonly AttemptEnds[], { place, id }: Run): AttemptEnds | undefined {
  const idOf = ({ start }: AttemptEnds) => {
    const run = runOf(start.origin);
    return run?.place === place ? run.id : -1;
  };
  const good = attempts.filter(({ end }) => end?.outcome === "live" || end?.outcome === "nothing-to-do");
  const last = good.at(-1);
  if (!last || idOf(last) === id) return undefined;
  return good.findLast((attempt) => attempt.start.kind === "deploy" && idOf(attempt) >= id);
}

/** A run of a workflow. Within a repository GitHub numbers them as they are asked for; one that is run again keeps its number. */
interface Run {
  /** Server and repository. */
  readonly place: string;
  readonly id: number;
}

function runOf(origin: Origin | undefined): Run | null {
  const [, place, id] = /^(.+)\/actions\/runs\/(\d+)$/.exec(origin?.run ?? "") ?? [];
  return place && id ? { place, id: Number(id) } : null;
}

import { type Finding, type Journal, type JournalRecord, messageOf } from "@sluice/core";
import type { Origin } from "@sluice/engine";
import type { Session } from "../session.ts";
import { telling } from "../telling.ts";
import { originOf } from "./origin.ts";
import { recordsOf } from "./records-of.ts";

/** What somebody took away by hand that others may look for. */
export type Upkeep =
  | { readonly type: "releases-pruned"; readonly releases: readonly string[] }
  /** Ids of notifications that a channel is told no more. */
  | { readonly type: "outbox-dropped"; readonly channel: string; readonly notifications: readonly string[] };

/** The record of it, and by whom. */
export type UpkeepRecord = JournalRecord & Upkeep & { readonly actor: string; readonly origin: Origin };

interface UpkeepParts {
  readonly journal: Pick<Journal, "append">;
  readonly actor: string;
  readonly origin: Origin;
  readonly say: (finding: Finding) => void;
}

export async function upkeepParts(session: Session): Promise<UpkeepParts> {
  const { actor, env } = session.options;
  return { journal: (await session.ports()).journal, actor, origin: originOf(env), say: telling(session) };
}

/**
 * Records what was taken away, after it: what makes room on a full disk is not to be refused for want of room. That it cannot be
 * recorded is told as a finding.
 */
export async function recordUpkeep({ journal, actor, origin, say }: UpkeepParts, upkeep: Upkeep): Promise<void> {
  const ids = upkeep.type === "releases-pruned" ? upkeep.releases : upkeep.notifications;
  if (ids.length === 0) return;
  await journal.append({ ...upkeep, actor, origin }).catch((error: unknown) => {
    const why = messageOf(error);
    say({
      severity: "warn",
      code: "done-unrecorded",
      message: `${upkeep.type} (${ids.join(", ")}): it is done, and that is not in the record: ${why}`,
      hint: "free some space for the state home, or look at its disk",
    });
  });
}

/** All such records, oldest first. */
export function readUpkeep(journal: Pick<Journal, "read">): Promise<readonly UpkeepRecord[]> {
  return recordsOf(journal, (type) => type === "releases-pruned" || type === "outbox-dropped");
}

import { isSluiceError, type Journal } from "@sluice/core";
import type { EarlierHome, StackHomes } from "@sluice/database";
import type { StateChange } from "../deployer.ts";
import { recordsOf } from "../record/records-of.ts";
import type { Session } from "../session.ts";

/**
 * The id of the state home, and those that it had before, by its record: an import gives it another one, and so does a rebuild;
 * the home that either takes the stack from, or the place of, was the stack's too, until then. Where the record cannot be read, its own alone.
 *
 * @throws SluiceError as whatever opens the state home
 */
export async function ownHomes(session: Session): Promise<StackHomes> {
  const [{ id }, { journal }] = await Promise.all([session.home(), session.ports()]);
  return [id, ...(await homesBefore(journal))];
}

async function homesBefore(journal: Pick<Journal, "read">): Promise<readonly EarlierHome[]> {
  try {
    const isMove = (type: string) => type === "state-imported" || type === "state-rebuilt";
    const moves = await recordsOf<StateChange>(journal, isMove);
    return moves.flatMap((move) => idsBefore(move).map((id) => ({ id, until: move.at })));
  } catch (error) {
    if (!isSluiceError(error)) throw error;
    return [];
  }
}

function idsBefore(move: StateChange): readonly string[] {
  const ids = move.type === "state-imported" ? [move.from, move.owner] : [move.previousHome, move.replacedHome];
  return ids.flatMap((id) => id ?? []);
}

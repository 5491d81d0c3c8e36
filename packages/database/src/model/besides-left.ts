import type { LeftBehind } from "../driver.ts";
import { isBeside } from "./beside-name.ts";

/**
 * What restores and their undos made beside a database and left there, and what takes it away; `null` where there is nothing. Pure.
 *
 * @param names of all databases of the server, or some
 * @param drop what to type for one of them
 * @param isOwn whether a name is of one beside this database. Default: as servers name it
 */
export function besidesLeft(
  database: string,
  names: readonly string[],
  drop: (name: string) => string,
  isOwn: (database: string, name: string) => boolean = isBeside,
): LeftBehind | null {
  const own = names.filter((name) => isOwn(database, name));
  if (own.length === 0) return null;
  return {
    what: `restores left databases beside ${database}: ${own.join(", ")}`,
    why: "each takes as much room as a whole database: __old_ is what was in use before a restore, which its undo needs; __undone_ what an undo set aside; __restore_ is of a restore that was cut off, unless one runs now",
    mend: `once nobody needs them: ${own.map(drop).join("; ")}`,
  };
}

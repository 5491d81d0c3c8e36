import { isSluiceError, SluiceError } from "@sluice/core";
import { type MysqlTarget, quoteName } from "./target.ts";

/** Bodies of routines whose definer another account is are shown to few. */
const refused = /insufficient privileges to SHOW CREATE (?:FUNCTION|PROCEDURE|PACKAGE)/;

/** What an account lacks whose dump ends at a routine that it sees and may not read; `undefined` where it is not that. */
export function routineRightsHint(
  said: string,
  { kind, user }: Pick<MysqlTarget, "kind" | "user">,
): string | undefined {
  if (!refused.test(said)) return undefined;
  const right = kind === "mysql" ? "show_routine on *.*" : "select on mysql.proc";
  return `the account may not read routines of another definer: grant ${right} to ${quoteName(user)}; or name another account with database.user`;
}

/** What a dump writes; where it ends for that reason, the error says what is lacking. */
export async function* withRoutineRights(
  bytes: AsyncIterable<Uint8Array>,
  target: Pick<MysqlTarget, "kind" | "user">,
): AsyncGenerator<Uint8Array> {
  try {
    yield* bytes;
  } catch (error) {
    const hint = isSluiceError(error) ? routineRightsHint(error.message, target) : undefined;
    if (!isSluiceError(error) || hint === undefined) throw error;
    throw new SluiceError(error.code, error.message, { hint, detail: error.detail, cause: error });
  }
}

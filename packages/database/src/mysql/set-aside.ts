import type { ContainerExec } from "@sluice/core";
import { type Beside, besideName } from "../model/beside-name.ts";
import type { ClientOptions } from "./client.ts";
import { isSwapOpen } from "./mend-swap.ts";
import { isEmpty, listBesides } from "./swap.ts";
import type { MysqlTarget } from "./target.ts";

/**
 * What is there, with tables in it, of what a restore of a backup and its undo set aside: one that died before its renaming leaves an empty
 * database. `null` while such a swap goes on, or is not mended.
 *
 * @throws SluiceError BACKUP_FAILED, DATABASE_UNREACHABLE, EXEC_FAILED
 */
export async function readSetAside(
  exec: ContainerExec,
  target: MysqlTarget,
  backup: string,
  options: ClientOptions,
): Promise<readonly ("old" | "undone")[] | null> {
  const nameOf = (kind: Beside) => besideName(target.database, kind, backup);
  // What an undo puts in the place is what was set aside.
  for (const fresh of ["restore", "old"] as const) if (await isSwapOpen(exec, target, nameOf(fresh))) return null;
  const names = await listBesides(exec, target, options);
  const found: ("old" | "undone")[] = [];
  for (const kind of ["old", "undone"] as const) {
    const name = nameOf(kind);
    if (names.includes(name) && !(await isEmpty(exec, target, name, options))) found.push(kind);
  }
  return found;
}

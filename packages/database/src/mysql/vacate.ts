import type { ContainerExec } from "@sluice/core";
import { besideTaken } from "../model/beside-taken.ts";
import type { ClientOptions } from "./client.ts";
import { isSwapOpen } from "./mend-swap.ts";
import { dropDatabase } from "./restore.ts";
import { isEmpty, listBesides } from "./swap.ts";
import { type MysqlTarget, quoteName } from "./target.ts";

/** A name that a swap gives to what is live. */
export interface NameToBe {
  readonly kind: "old" | "undone";
  readonly name: string;
  /** What that swap puts in the place. */
  readonly fresh: string;
  readonly backup: string;
}

/**
 * Sees to it that what is live can get this name. A swap that died before its renaming leaves a database of that name without tables,
 * which is dropped.
 *
 * @throws SluiceError RESTORE_FAILED where it holds tables, or may yet
 */
export async function vacate(
  exec: ContainerExec,
  target: MysqlTarget,
  { kind, name, fresh, backup }: NameToBe,
  options: ClientOptions,
): Promise<void> {
  if (!(await listBesides(exec, target, options)).includes(name)) return;
  const isLeft = (await isEmpty(exec, target, name, options)) && !(await isSwapOpen(exec, target, fresh));
  if (isLeft) return dropDatabase(exec, target, name, options);
  throw besideTaken(kind, { name: `database ${name}`, backup, drop: `drop database ${quoteName(name)}` });
}

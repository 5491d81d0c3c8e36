import type { ContainerExec, Finding } from "@sluice/core";
import { type ClientOptions, runSql } from "./client.ts";
import { fromHex, type MysqlTarget, maintenance, quoteName, quoteText } from "./target.ts";

/** A foreign key of one database that refers to a table of another. It stays with its table, whatever database that is moved into. */
export interface OutwardKey {
  readonly table: string;
  readonly name: string;
  readonly refersTo: { readonly database: string; readonly table: string };
}

/** @throws SluiceError */
export async function readOutwardKeys(
  exec: ContainerExec,
  target: MysqlTarget,
  database: string,
  options: ClientOptions,
): Promise<readonly OutwardKey[]> {
  const sql = `select hex(table_name), hex(constraint_name), hex(unique_constraint_schema), hex(referenced_table_name)
    from information_schema.referential_constraints
    where constraint_schema = ${quoteText(database)} and unique_constraint_schema <> ${quoteText(database)} order by 1, 2;`;
  return (await runSql(exec, maintenance(target), sql, options)).map((line) => {
    const [table = "", name = "", other = "", referred = ""] = line.split("\t").map(fromHex);
    return { table, name, refersTo: { database: other, table: referred } };
  });
}

const shown = (keys: readonly OutwardKey[]) =>
  keys.map(({ table, name, refersTo: to }) => `${table}.${name} (to ${to.database}.${to.table})`).join(", ");

/** What a swap of the live database, or its undo, would leave to whoever writes to others. Pure. */
export function keysToStay(live: string, keys: readonly OutwardKey[]): readonly Finding[] {
  if (keys.length === 0) return [];
  return [
    {
      severity: "warn",
      code: "foreign-keys-stay",
      message: `foreign keys of ${live} refer to other databases, and act on in what is set aside, too: ${shown(keys)}`,
      hint: `whoever deletes or changes rows there is refused because of rows that are set aside, or changes those, too: at its end it is said how to drop these keys`,
    },
  ];
}

/** What a swap, or its undo, leaves to whoever writes to other databases; `null` where there is nothing. Pure. */
export function keysLeft(aside: string, keys: readonly OutwardKey[]): Finding | null {
  if (keys.length === 0) return null;
  const drop = ({ table, name }: OutwardKey) =>
    `alter table ${quoteName(aside)}.${quoteName(table)} drop foreign key ${quoteName(name)}`;
  return {
    severity: "warn",
    code: "foreign-keys-left",
    message: `foreign keys of ${aside}, which was set aside, act on: whoever deletes or changes rows of other databases is refused because of its rows, or changes those, too: ${shown(keys)}`,
    hint: `drop ${aside} when nobody needs it, or these keys, which are then to be made again should it be put back: ${keys.map(drop).join("; ")}`,
  };
}

/** The same after the swap, which nothing that fails here may be taken for. */
export async function findKeysLeft(
  exec: ContainerExec,
  target: MysqlTarget,
  aside: string,
  { session }: ClientOptions,
): Promise<Finding | null> {
  return keysLeft(aside, await readOutwardKeys(exec, target, aside, { session }).catch(() => []));
}

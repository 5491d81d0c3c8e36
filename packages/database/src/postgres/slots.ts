import type { ContainerExec, Finding } from "@sluice/core";
import type { LeftBehind } from "../driver.ts";
import { isBeside } from "../model/beside-name.ts";
import { type PsqlOptions, runSql } from "./psql.ts";
import { maintenance, type PostgresTarget } from "./target.ts";

/** A slot of logical replication stays with its database under whatever name, and holds the server's log for its reader. */
export interface LogicalSlot {
  readonly name: string;
  readonly database: string;
}

/** Those of the target's database, and of others beside it. @throws SluiceError */
export async function readSlots(
  exec: ContainerExec,
  target: PostgresTarget,
  options: PsqlOptions,
): Promise<readonly LogicalSlot[]> {
  const sql = "select slot_name || ' ' || database from pg_replication_slots where slot_type = 'logical' order by 1;";
  // Nobody may be able to connect to the target's own: a swap that died leaves it closed.
  return (await runSql(exec, maintenance(target), sql, options))
    .map((line) => ({ name: line.slice(0, line.indexOf(" ")), database: line.slice(line.indexOf(" ") + 1) }))
    .filter(({ database }) => database === target.database || isBeside(target.database, database));
}

const dropOf = ({ name }: LogicalSlot) => `select pg_drop_replication_slot('${name}')`;

/** What a swap of the live database would leave to whoever reads slots of it. Pure. */
export function slotsToLeave(live: string, slots: readonly LogicalSlot[]): readonly Finding[] {
  const own = slots.filter(({ database }) => database === live);
  if (own.length === 0) return [];
  return [
    {
      severity: "warn",
      code: "replication-slots-stay",
      message: `slots of logical replication stay with what is set aside, and their readers get nothing of the ${live} that takes its place: ${own.map(({ name }) => name).join(", ")}`,
      hint: `have a way to let their readers copy ${live} anew`,
    },
  ];
}

/** What a swap, or its undo, leaves to whoever reads slots of what was set aside; `null` where there are none. Pure. */
export function slotsLeft(live: string, aside: string, slots: readonly LogicalSlot[]): Finding | null {
  const own = slots.filter(({ database }) => database === aside);
  if (own.length === 0) return null;
  return {
    severity: "warn",
    code: "replication-slots-left",
    message: `slots of logical replication stay with ${aside}, which their readers get nothing from, and hold the server's log: ${own.map(({ name }) => name).join(", ")}`,
    hint: `let their readers copy ${live} anew, through slots that are made there (pg_create_logical_replication_slot), and drop these, unless the restore is to be undone: ${own.map(dropOf).join("; ")}`,
  };
}

/** The same of what restores left beside a database at any time. Pure. */
export function withSlots(live: string, left: LeftBehind | null, slots: readonly LogicalSlot[]): LeftBehind | null {
  const beside = slots.filter(({ database }) => database !== live);
  if (left === null || beside.length === 0) return left;
  const names = beside.map(({ name, database }) => `${name} (of ${database})`).join(", ");
  return {
    what: `${left.what}; with slots of logical replication: ${names}`,
    why: `${left.why}; a slot holds the server's log until it is read or dropped, and its reader gets nothing of what is in use now`,
    mend: `make the slots anew in the database that is in use and drop these: ${beside.map(dropOf).join("; ")}; ${left.mend}`,
  };
}

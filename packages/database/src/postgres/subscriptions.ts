import type { ContainerExec, Finding } from "@sluice/core";
import * as z from "zod";
import type { LeftBehind } from "../driver.ts";
import { isBeside } from "../model/beside-name.ts";
import { once } from "../model/parse-once.ts";
import { type PsqlOptions, runSql } from "./psql.ts";
import { maintenance, type PostgresTarget, quoteName, quoteText } from "./target.ts";

const subscriptionSchema = z.lazy(() =>
  z.object({
    name: z.string(),
    database: z.string(),
    isEnabled: z.boolean(),
    /** Of the publisher; `null` where it has none. */
    slot: z.string().nullable(),
  }),
);

/**
 * What a database receives of another one by logical replication. A dump makes it anew disabled, so that two databases never read one slot;
 * the one that was enabled stays so with its database under whatever name, and nothing drops a database as long as it has one.
 */
export type Subscription = z.output<typeof subscriptionSchema>;

/** Those of the target's database, and of others beside it. How publishers are reached, a secret, is not asked. @throws SluiceError */
export async function readSubscriptions(
  exec: ContainerExec,
  target: PostgresTarget,
  options: PsqlOptions,
): Promise<readonly Subscription[]> {
  const sql = `select json_build_object('name', s.subname, 'database', d.datname, 'isEnabled', s.subenabled, 'slot', s.subslotname)
    from pg_subscription s join pg_database d on d.oid = s.subdbid order by d.datname, s.subname;`;
  return (await runSql(exec, maintenance(target), sql, options))
    .map((line) => subscriptionSchema.parse(JSON.parse(line), once))
    .filter(({ database }) => database === target.database || isBeside(target.database, database));
}

/** What a swap would stop the live database from receiving. Pure. */
export function subscriptionsToStop(live: string, subscriptions: readonly Subscription[]): readonly Finding[] {
  const own = subscriptions.filter(({ database, isEnabled }) => database === live && isEnabled);
  if (own.length === 0) return [];
  return [
    {
      severity: "warn",
      code: "subscriptions-stop",
      message: `subscriptions stay with what is set aside, and the ${live} that takes its place receives nothing of their publishers: ${own.map(nameOf).join(", ")}`,
      hint: `have a way to let ${live} copy anew what they fill: publishers do not send again what they have sent since the backup`,
    },
  ];
}

/** What a swap, or its undo, has stopped the live database from receiving; `null` where that is nothing. Pure. */
export function subscriptionsLeft(live: string, aside: string, subscriptions: readonly Subscription[]): Finding | null {
  const own = subscriptions.filter(({ database, isEnabled }) => database === aside && isEnabled);
  if (own.length === 0) return null;
  return {
    severity: "warn",
    code: "subscriptions-left",
    message: `subscriptions stay with ${aside}, which takes no connections, and ${live} receives nothing of their publishers, whose slots hold their logs: ${own.map(nameOf).join(", ")}`,
    hint: `unless the restore is to be undone: ${forgetAll(aside, own)}; then ${own.map((each) => takeUp(live, each, subscriptions)).join("; ")}. Publishers do not send again what they have sent since the backup: to have all of it, empty the tables that are filled so before the refresh, which copies them anew; where nothing came since, refresh with (copy_data = false)`,
  };
}

/** The same of what restores left beside a database at any time. Pure. */
export function withSubscriptions(
  live: string,
  left: LeftBehind | null,
  subscriptions: readonly Subscription[],
): LeftBehind | null {
  const beside = subscriptions.filter(({ database }) => database !== live);
  if (left === null || beside.length === 0) return left;
  const names = beside.map((each) => `${nameOf(each)} of ${each.database}`).join(", ");
  const databases = [...new Set(beside.map(({ database }) => database))];
  const forget = databases.map((one) =>
    forgetAll(
      one,
      beside.filter(({ database }) => database === one),
    ),
  );
  const stopped = beside.filter(({ isEnabled }) => isEnabled);
  const again = stopped.map((each) => takeUp(live, each, subscriptions));
  const isStopped = again.length > 0;
  return {
    what: `${left.what}; with subscriptions: ${names}`,
    why: `${left.why}; a database with a subscription cannot be dropped${isStopped ? `, and ${live} does not receive what an enabled one received, while the publisher's slot holds its log` : ""}`,
    mend: `to be rid of the subscriptions: ${forget.join("; ")}${isStopped ? `; where ${live} does not receive again yet, ${again.join("; ")} (empty the tables that are filled so before)` : ""}; ${left.mend}`,
  };
}

/** Takes subscriptions away from a database that is to be dropped; their slots stay at the publishers, for whoever reads them. @throws SluiceError */
export async function forgetSubscriptions(
  exec: ContainerExec,
  target: PostgresTarget,
  database: string,
  options: PsqlOptions,
): Promise<void> {
  const sql = `select subname from pg_subscription s join pg_database d on d.oid = s.subdbid where d.datname = ${quoteText(database)} order by 1;`;
  const names = await runSql(exec, maintenance(target), sql, options);
  if (names.length === 0) return;
  await runSql(exec, { ...target, database }, `${names.map(forgetSql).join(";\n")};`, options);
}

/** Without a slot first: else what drops a subscription drops its slot at the publisher, which another may read. */
function forgetSql(name: string): string {
  const alter = `alter subscription ${quoteName(name)}`;
  return `${alter} disable; ${alter} set (slot_name = none); drop subscription ${quoteName(name)}`;
}

function forgetAll(database: string, own: readonly Subscription[]): string {
  const open = `alter database ${quoteName(database)} with allow_connections true`;
  return `${open}; in ${database}: ${own.map(({ name }) => forgetSql(name)).join("; ")}`;
}

/** Who made the backup may not have been allowed to read it, or it was made later. */
function takeUp(live: string, { name }: Subscription, subscriptions: readonly Subscription[]): string {
  const isThere = subscriptions.some((one) => one.database === live && one.name === name);
  const alter = `alter subscription ${quoteName(name)}`;
  return isThere
    ? `in ${live}: ${alter} enable; ${alter} refresh publication`
    : `in ${live}: make ${name} anew (create subscription)`;
}

function nameOf({ name, slot }: Subscription): string {
  return slot === null ? name : `${name} (slot ${slot} of the publisher)`;
}

import { type ContainerExec, type Finding, SluiceError } from "@sluice/core";
import * as z from "zod";
import { once } from "../model/parse-once.ts";
import { isInTheWay, mayEnd, sessionText } from "./may-end.ts";
import { type PsqlOptions, runSql } from "./psql.ts";
import { maintenance, type PostgresTarget, quoteText } from "./target.ts";

const obstaclesSchema = z.lazy(() =>
  z.object({
    /** Of the database, which who asks may not end: what they are called, for people. */
    sessions: z.array(z.string()),
    /** Transactions that were prepared in it and have no end yet: their names, as literals. */
    prepared: z.array(z.string()),
  }),
);

/** What keeps a database from being renamed, whoever has closed it. */
export type SwapObstacles = z.output<typeof obstaclesSchema>;

/** @throws SluiceError DATABASE_UNREACHABLE, BACKUP_FAILED */
export async function readObstacles(
  exec: ContainerExec,
  target: PostgresTarget,
  options: PsqlOptions,
): Promise<SwapObstacles> {
  const name = quoteText(target.database);
  const sql = `select json_build_object(
    'sessions', (select coalesce(json_agg(${sessionText} order by pid), '[]') from pg_stat_activity
      where datname = ${name} and ${isInTheWay} and (${mayEnd}) is not true),
    'prepared', (select coalesce(json_agg(quote_literal(gid) order by prepared), '[]') from pg_prepared_xacts
      where database = ${name}));`;
  const [line = "{}"] = await runSql(exec, maintenance(target), sql, options);
  return obstaclesSchema.parse(JSON.parse(line), once);
}

/** No end of a session ends one, nor does a closed database. Pure. @throws SluiceError RESTORE_FAILED */
export function assertNonePrepared({ database }: PostgresTarget, { prepared }: SwapObstacles): void {
  if (prepared.length === 0) return;
  const ends = prepared.map((gid) => `commit prepared ${gid}, or rollback prepared ${gid}`).join("; ");
  throw new SluiceError(
    "RESTORE_FAILED",
    `database ${database} cannot change its place: transactions were prepared in it and have no end yet: ${prepared.join(", ")}`,
    {
      hint: `let whoever prepared them (a coordinator of transactions) end them, or do it by hand, in ${database}: ${ends}`,
    },
  );
}

/** Sessions that a swap would wait for in vain. Pure. */
export function sessionsInTheWay({ user, database }: PostgresTarget, { sessions }: SwapObstacles): readonly Finding[] {
  if (sessions.length === 0) return [];
  return [
    {
      severity: "warn",
      code: "sessions-in-the-way",
      message: `${user} may not end all sessions of ${database}, and as long as these are there nothing takes its place: ${sessions.join(", ")}`,
      hint: "stop what they are of before; where it is what watches the server, let it look at another database",
    },
  ];
}

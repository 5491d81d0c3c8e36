import type { ContainerExec } from "@sluice/core";
import * as z from "zod";
import type { Transaction } from "../../rehearsal/report.ts";
import { type PsqlOptions, runSql } from "../psql.ts";
import type { PostgresTarget } from "../target.ts";
import { longestTransactionSql } from "./watch-sql.ts";

const answerSchema = z.lazy(() => z.object({ ms: z.number(), application: z.string() }));

/** What a lock that excludes readers would have to wait for, were it asked for now. @throws SluiceError DATABASE_UNREACHABLE */
export async function longestTransaction(
  exec: ContainerExec,
  target: PostgresTarget,
  options: PsqlOptions,
): Promise<Transaction | null> {
  const [line] = await runSql(exec, target, longestTransactionSql, options);
  if (line === undefined) return null;
  const { ms, application } = answerSchema.parse(JSON.parse(line));
  return { ms: Math.round(ms), application };
}

import { type ContainerExec, isSluiceError } from "@sluice/core";
import * as z from "zod";
import type { Transaction } from "../../rehearsal/report.ts";
import { type ClientOptions, runSql } from "../client.ts";
import type { MysqlTarget } from "../target.ts";
import { longestTransactionSql } from "./watch-sql.ts";

const answerSchema = z.lazy(() => z.object({ ms: z.number(), application: z.string() }));

/**
 * What a lock that excludes everybody would have to wait for, were it asked for now; `null` also where the account may not
 * see it. @throws SluiceError DATABASE_UNREACHABLE
 */
export async function longestTransaction(
  exec: ContainerExec,
  target: MysqlTarget,
  options: ClientOptions,
): Promise<Transaction | null> {
  try {
    const [line] = await runSql(exec, target, longestTransactionSql, options);
    if (line === undefined) return null;
    const { ms, application } = answerSchema.parse(JSON.parse(line));
    return { ms: Math.round(ms), application };
  } catch (error) {
    if (isSluiceError(error) && error.message.includes("ERROR 1227")) return null;
    throw error;
  }
}

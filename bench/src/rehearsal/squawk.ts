import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { squawkLeftOut } from "@sluice/database";
import { repository } from "../checkout.ts";
import { measure } from "../measure.ts";
import type { CorpusMigration } from "./corpus.ts";

/** Names of the rules of `squawk`, which reads the SQL and knows no database, that a migration breaks. */
export async function squawkFindings(directory: string, { transactions }: CorpusMigration): Promise<readonly string[]> {
  const file = join(directory, "migration.sql");
  await writeFile(file, transactions.map(inTransaction).join("\n"));
  const program = join(repository, "bench/node_modules/.bin/squawk");
  const { exitCode, stdout, stderr } = await measure([
    program,
    "--reporter",
    "json",
    "--exclude",
    squawkLeftOut.join(","),
    file,
  ]);
  if (exitCode !== 0 && exitCode !== 1) throw new Error(`squawk ended with ${exitCode}: ${stderr}`);
  const found = JSON.parse(stdout) as readonly { readonly rule_name: string }[];
  return [...new Set(found.map(({ rule_name }) => rule_name))];
}

/** What is sent at once is one transaction, unless it refuses to be in one. */
export function inTransaction(sql: string): string {
  return /\bconcurrently\b|^vacuum\b|^cluster\b/im.test(sql) ? sql : `begin;\n${sql}\ncommit;`;
}

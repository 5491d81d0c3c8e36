import { defaultPolicy, judgeRehearsal, type RehearsalFinding, type RestoredCopy } from "@sluice/database";
import { measure } from "../measure.ts";
import type { CorpusMigration } from "./corpus.ts";

export interface Tried {
  readonly name: string;
  readonly expect: string | null;
  readonly verdict: "pass" | "warn" | "block";
  /** Codes of what was warned of or blocked. */
  readonly found: readonly string[];
  readonly ms: number;
}

const owner = "shop";
/** How long a lock takes says more of a busy machine than of the migration: only what sleeps on purpose is over it. */
const policy = { ...defaultPolicy, warnWaitMs: 650, blockWaitMs: 60_000 };

/** Runs a migration on a clone of its own, each transaction in a session, the first error ends it; and judges it. */
export async function tryMigration({ copy }: RestoredCopy, migration: CorpusMigration): Promise<Tried> {
  const began = performance.now();
  await copy.clone();
  const watch = await copy.observe();
  const psql = ["docker", "exec", copy.container, "psql", "-XqAtw", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1"];
  let error: { code: string; message: string } | null = null;
  for (const sql of migration.transactions) {
    // CONCURRENTLY and the like refuse to be one of several statements.
    const statements = /\bconcurrently\b|^vacuum\b|^cluster\b/im.test(sql) ? [sql] : [`begin;\n${sql}\ncommit;`];
    const { exitCode, stderr } = await measure([...psql, "-U", owner, "-d", owner, "-c", statements.join("\n")]);
    if (exitCode === 0) continue;
    error = { code: "JOB_FAILED", message: stderr.trim() };
    break;
  }
  const { findings, verdict } = judgeRehearsal(
    {
      migration: { how: "job", services: ["migrate"], ms: 0, error },
      observations: await watch.finish(),
      liveLongest: null,
      compatibility: { release: "before", result: "pass", why: "not part of this", verdicts: [] },
    },
    policy,
  );
  const { name, expect } = migration;
  const found = findings.filter(isTold).map(({ code }) => code);
  return { name, expect, verdict, found: [...new Set(found)], ms: Math.round(performance.now() - began) };
}

function isTold({ severity }: RehearsalFinding): boolean {
  return severity !== "note";
}

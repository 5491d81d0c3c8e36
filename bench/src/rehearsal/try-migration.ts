import { defaultPolicy, judgeRehearsal, type RehearsalFinding, type RestoredCopy } from "@sluice/database";
import { measure } from "../measure.ts";
import type { CorpusMigration } from "./corpus.ts";
import type { CorpusServer } from "./servers.ts";

export interface Tried {
  readonly server: string;
  readonly name: string;
  readonly expect: string | null;
  readonly verdict: "pass" | "warn" | "block";
  /** Codes of what was warned of or blocked. */
  readonly found: readonly string[];
  /** What a linter says of it that knows no database; `null` where there is none for this server. */
  readonly linted: readonly string[] | null;
  readonly ms: number;
}

/** How long a lock takes says more of a busy machine than of the migration: only what sleeps on purpose is over it. */
const policy = { ...defaultPolicy, warnWaitMs: 650, blockWaitMs: 60_000 };

/** Runs a migration on a clone of its own, each transaction in a session, the first error ends it; and judges it. */
export async function tryMigration(
  server: CorpusServer,
  { copy }: RestoredCopy,
  migration: CorpusMigration,
): Promise<Omit<Tried, "linted">> {
  const began = performance.now();
  await copy.clone();
  const watch = await copy.observe();
  const error = await firstError(server, copy.container, migration);
  const { findings, verdict } = judgeRehearsal(
    {
      migration: { how: "job", services: ["migrate"], ms: 0, error },
      observations: await watch.finish(),
      liveLongest: null,
      compatibility: { release: "before", result: "pass", why: "not part of this", verdicts: [] },
      down: null,
    },
    policy,
  );
  const { name, expect } = migration;
  const found = [...new Set(findings.filter(isTold).map(({ code }) => code))];
  return { server: server.name, name, expect, verdict, found, ms: Math.round(performance.now() - began) };
}

async function firstError(server: CorpusServer, container: string, { transactions }: CorpusMigration) {
  for (const sql of transactions) {
    const { exitCode, stderr } = await measure(server.client(container, sql));
    if (exitCode !== 0) return { code: "JOB_FAILED", message: stderr.trim() };
  }
  return null;
}

function isTold({ severity }: RehearsalFinding): boolean {
  return severity !== "note";
}

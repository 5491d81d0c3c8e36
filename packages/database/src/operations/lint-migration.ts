import type { RehearsalWatch } from "../driver.ts";
import type { Lint, SqlLinter } from "../lint/linter.ts";

/**
 * What a linter has against the SQL that was sent to the copy; `null` where nobody asks it, or the server does not tell what
 * was sent. Never fails of the linter.
 *
 * @throws the signal's reason
 */
export async function lintMigration(
  linter: SqlLinter | undefined,
  watch: RehearsalWatch,
  major: number,
  signal: AbortSignal | undefined,
): Promise<Lint | null> {
  const sent = watch.sent?.();
  if (!linter || !sent) return null;
  if (sent.length === 0) return { findings: [], notRead: null };
  try {
    return await linter.lint(sent, major, signal);
  } catch (error) {
    signal?.throwIfAborted();
    return { findings: [], notRead: error instanceof Error ? error.message : "it failed" };
  }
}

/** For people: what it has not looked at. */
export function notLinted(linter: SqlLinter | undefined, lint: Lint | null): readonly string[] {
  return linter && lint?.notRead ? [`what ${linter.name} has against the SQL: ${lint.notRead}`] : [];
}

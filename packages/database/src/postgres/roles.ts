import type { ContainerExec } from "@sluice/core";
import { restoreFailure } from "./restore-failure.ts";
import { libpqEnvironment, type PostgresTarget } from "./target.ts";

/**
 * Makes the script of `pg_dumpall --roles-only` one that can be run where some of the roles are there already: at least
 * the one that runs it is.
 */
export function createMissingRoles(script: string): string {
  return script.replaceAll(
    /^CREATE ROLE (.+);$/gm,
    (statement) => `DO $sluice$ BEGIN ${statement} EXCEPTION WHEN duplicate_object THEN NULL; END $sluice$;`,
  );
}

/** @throws SluiceError RESTORE_FAILED and its kin */
export async function restoreRoles(
  exec: ContainerExec,
  target: PostgresTarget,
  script: string,
  { session, signal }: { readonly session: string; readonly signal?: AbortSignal | undefined },
): Promise<void> {
  const ended = await exec.exec(target.container, ["psql", "-X", "-q", "-w", "-v", "ON_ERROR_STOP=1"], {
    stdin: createMissingRoles(script),
    environment: libpqEnvironment(target, session),
    signal,
  });
  if (ended.exitCode !== 0) throw restoreFailure("the restoring of roles", ended);
}

import type { ContainerExec } from "@sluice/core";
import { restoreFailure } from "./restore-failure.ts";
import { libpqEnvironment, type PostgresTarget, quoteName } from "./target.ts";

/**
 * Makes the script of `pg_dumpall --roles-only` one that can be run where some of the roles are there already: at least
 * the one that runs it is, and it must not take its own rights away.
 *
 * @param user who runs it
 */
export function createMissingRoles(script: string, user: string): string {
  return script
    .replaceAll(
      /^CREATE ROLE (.+);$/gm,
      (statement) => `DO $sluice$ BEGIN ${statement} EXCEPTION WHEN duplicate_object THEN NULL; END $sluice$;`,
    )
    .replaceAll(/^ALTER ROLE (.+) WITH (?:NO)?SUPERUSER .*;$/gm, (statement, name: string) =>
      name === user || name === quoteName(user) ? "" : statement,
    );
}

export interface RolesToRestore {
  /** `null` where they could not be read: then what the dump refers to can only be its user. */
  readonly script: string | null;
  /** Who took the backup. */
  readonly user: string;
}

/**
 * Makes the live server's roles in a throw-away one.
 *
 * @throws SluiceError RESTORE_FAILED and its kin
 */
export async function restoreRoles(
  exec: ContainerExec,
  target: PostgresTarget,
  { script, user }: RolesToRestore,
  { session, signal }: { readonly session: string; readonly signal?: AbortSignal | undefined },
): Promise<void> {
  const ended = await exec.exec(target.container, ["psql", "-X", "-q", "-w", "-v", "ON_ERROR_STOP=1"], {
    stdin: createMissingRoles(script ?? `CREATE ROLE ${quoteName(user)};\n`, target.user),
    environment: libpqEnvironment(target, session),
    signal,
  });
  if (ended.exitCode !== 0) throw restoreFailure("the restoring of roles", ended);
}

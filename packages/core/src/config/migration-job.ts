import type { DatabaseConfig } from "./schema.ts";

/** Name of the job that `database.migrate.service` and `command` make, beside the services of the compose files. */
export function migrationJobName(service: string): string {
  return `${service}-migrate`;
}

/** The service and the command that migrate, where the configuration names them. */
export function configuredMigration(
  database: Pick<DatabaseConfig, "migrate"> | undefined,
): { readonly service: string; readonly command: readonly string[] } | null {
  const { service, command } = database?.migrate ?? {};
  return service !== undefined && command !== undefined ? { service, command } : null;
}

import type { ServiceFacts } from "../model/service.ts";
import type { DatabaseConfig } from "./database-schema.ts";
import type { Config } from "./schema.ts";

/** Name of the job that `database.migrate.service` makes, beside the services of the compose files. */
export function migrationJobName(service: string): string {
  return `${service}-migrate`;
}

/** What migrates in the environment of a service: a command in its image, or plain SQL files in an image of dbmate. */
export type ConfiguredMigration =
  | { readonly service: string; readonly command: readonly string[] }
  | { readonly service: string; readonly sql: NonNullable<DatabaseConfig["migrate"]["sql"]> };

/** `null` where the configuration names nothing that migrates. */
export function configuredMigration(database: Pick<DatabaseConfig, "migrate"> | undefined): ConfiguredMigration | null {
  const { service, command, sql } = database?.migrate ?? {};
  if (service === undefined) return null;
  if (command) return { service, command };
  return sql ? { service, sql } : null;
}

/** Services that the compose files have, and `services:` of a configuration may speak of: all but the job that it makes itself. */
export function servicesOfFiles(
  services: readonly ServiceFacts[],
  { database }: Pick<Config, "database">,
): readonly ServiceFacts[] {
  const migration = configuredMigration(database);
  return services.filter(({ name }) => !migration || name !== migrationJobName(migration.service));
}

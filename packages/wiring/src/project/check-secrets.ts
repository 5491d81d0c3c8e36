import type { Config } from "@sluice/core";
import { sentVariables } from "./config-variables.ts";

/** Shorter values would shred ordinary text. */
const shortest = 4;

/** The key of a store of backups. */
const storeNames = ["AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"];

/** What opens a repository of restic, and what opens the place that it lies in. */
const resticNames = [
  ...storeNames,
  "RESTIC_PASSWORD",
  "RESTIC_REST_PASSWORD",
  "AZURE_ACCOUNT_KEY",
  "AZURE_ACCOUNT_SAS",
  "B2_ACCOUNT_KEY",
  "OS_PASSWORD",
  "ST_KEY",
];

/**
 * Values of the environment that the configuration makes use of: those that checks send (`${env:NAME}` in paths, headers
 * and bodies), as an application may write them into its log, which is shown to people; the token for Sentry, and the keys
 * of a store of backups.
 */
export function checkSecrets(
  config: Pick<Config, "checks" | "database" | "sentry">,
  env: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  const names: string[] = [...sentVariables(config)];
  const { s3, restic } = config.database?.store ?? {};
  if (s3) names.push(...storeNames);
  if (restic) names.push(...resticNames);
  const inLocation = restic ? passwordIn(restic.repository ?? env["RESTIC_REPOSITORY"] ?? "") : "";
  const values = [...names.map((name) => env[name] ?? ""), inLocation];
  return [...new Set(values)].filter((value) => value.length >= shortest);
}

/** `rest:https://user:password@host/` */
function passwordIn(location: string): string {
  return /\/\/[^/@:]*:([^/@]*)@/.exec(location)?.[1] ?? "";
}

import type { Config } from "@sluice/core";
import { sentVariables } from "./config-variables.ts";

/** Shorter values would shred ordinary text. */
const shortest = 4;

/** The key of a store of backups. */
const storeNames = ["AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"];

/**
 * Values of the environment that the configuration makes use of: those that checks send (`${env:NAME}` in paths, headers
 * and bodies), as an application may write them into its log, which is shown to people; the token for Sentry, and the key
 * of a store of backups.
 */
export function checkSecrets(
  config: Pick<Config, "checks" | "database" | "sentry">,
  env: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  const names = [...sentVariables(config.checks), ...sentVariables(config.sentry)];
  return [...new Set([...names, ...(config.database?.store.s3 ? storeNames : [])])].flatMap((name) => {
    const value = env[name] ?? "";
    return value.length >= shortest ? [value] : [];
  });
}

import type { Config } from "@sluice/core";

/** Shorter values would shred ordinary text. */
const shortest = 4;

/**
 * Values of the environment that checks send (`${env:NAME}` in paths, headers and bodies): an application may write them
 * into its log, which is shown to people.
 */
export function checkSecrets(
  { checks }: Pick<Config, "checks">,
  env: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  const names = [...JSON.stringify(checks).matchAll(/\$\{env:(\w+)\}/g)].map(([, name = ""]) => name);
  return [...new Set(names)].flatMap((name) => {
    const value = env[name] ?? "";
    return value.length >= shortest ? [value] : [];
  });
}

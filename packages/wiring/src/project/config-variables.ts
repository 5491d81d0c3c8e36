import { type CheckConfig, type Config, resolveReferences, variablesIn } from "@sluice/core";

type Environment = Readonly<Record<string, string | undefined>>;

/** Variables of the environment that the configuration refers to, each once, but for the token of GitHub. Pure. */
export function configVariables(config: Pick<Config, "checks" | "notify" | "sentry">): readonly string[] {
  const { missing: ofChannels } = resolveReferences(config.notify.channels, {});
  return [...new Set([...ofChannels, ...sentVariables(config)])];
}

/** Variables that checks send or expect, and those that say where Sentry is and who asks it, each once. Pure. */
export function sentVariables({ checks, sentry }: Pick<Config, "checks" | "sentry">): readonly string[] {
  return [...new Set([...checks.flatMap(variablesOfCheck), ...variablesOfSentry(sentry)])];
}

/** A check that can only fail, as the environment lacks what it needs. */
export interface UnreadyCheck {
  /** `checks.0 (log in)` */
  readonly check: string;
  readonly missing: readonly string[];
}

/** Checks that fail without data because variables are not set, or empty; not those whose `onNoData` lets them go on. Pure. */
export function unreadyChecks(
  { checks, sentry }: Pick<Config, "checks" | "sentry">,
  env: Environment,
): readonly UnreadyCheck[] {
  return checks.flatMap((check, index) => {
    const needed = [...variablesOfCheck(check), ...(check.sentry ? variablesOfSentry(sentry) : [])];
    const missing = [...new Set(needed)].filter((name) => !env[name]);
    if (missing.length === 0 || check.onNoData !== "fail") return [];
    return [{ check: `checks.${index}${check.name === undefined ? "" : ` (${check.name})`}`, missing }];
  });
}

/** What of a check is filled in, and so holds variables and no text of its own. */
function variablesOfCheck({ http, sequence, load, prometheus }: CheckConfig): readonly string[] {
  return [
    ...variablesIn([http?.path, http?.headers, http?.body, http?.contains, http?.header]),
    ...variablesIn(sequence?.map(({ path, headers, body, json, expect }) => [path, headers, body, json, expect])),
    ...variablesIn([load?.path, load?.headers, load?.body]),
    ...variablesIn([prometheus?.url, prometheus?.headers], { short: true }),
  ];
}

function variablesOfSentry(sentry: Config["sentry"]): readonly string[] {
  return variablesIn([sentry?.url, sentry?.token], { short: true });
}

import { type Config, resolveReferences } from "@sluice/core";

/** Variables that a part of the configuration names as `${env:NAME}`, each once: what checks send, and tokens. Pure. */
export function sentVariables(part: unknown): readonly string[] {
  const text = JSON.stringify(part) ?? "";
  return [...new Set([...text.matchAll(/\$\{env:(\w+)\}/g)].map(([, name = ""]) => name))];
}

/** Variables that the configuration refers to, each once: addresses of `notify:` too. Pure. */
export function configVariables(config: Pick<Config, "checks" | "notify" | "sentry">): readonly string[] {
  const { missing } = resolveReferences(config.notify, {});
  return [...new Set([...missing, ...sentVariables(config.checks), ...sentVariables(config.sentry)])];
}

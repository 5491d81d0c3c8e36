import type { ComposeFileUse, ComposeModel, ComposeService } from "@sluice/core";
import type { Environment } from "../engine/endpoint.ts";
import { unescapeDollars } from "./dollars.ts";
import { notedValue } from "./env-file-values.ts";

/** What `secrets:` of a build names. Pure. */
export function buildSecrets({ build }: ComposeService = {}): readonly ComposeFileUse[] {
  return (build as { readonly secrets?: readonly ComposeFileUse[] } | undefined)?.secrets ?? [];
}

/**
 * The model with those secrets alone that its builds name. A variable may be set to something else by each include, and Compose
 * reads one environment: what an env file sets has a variable of its own, unless the environment has it, which wins. Pure.
 *
 * @param env that Compose runs with
 */
export function withBuildSecrets({ secrets = {}, ...model }: ComposeModel, env: Environment): ComposeModel {
  const named = new Set(Object.values(model.services).flatMap((service) => buildSecrets(service).map(sourceOf)));
  const kept = Object.entries(secrets)
    .filter(([name]) => named.has(name))
    .map(([name, secret], index) => {
      const isOwn = notedValue(secret) !== undefined && env[unescapeDollars(secret.environment ?? "")] === undefined;
      return [name, isOwn ? { ...secret, environment: `SLUICE_BUILD_SECRET_${index}` } : secret] as const;
    });
  return kept.length > 0 ? { ...model, secrets: Object.fromEntries(kept) } : model;
}

const sourceOf = ({ source }: ComposeFileUse) => source;

import * as z from "zod";
import type { ReleaseBundle } from "../model/release.ts";
import type { ServiceFacts } from "../model/service.ts";
import { checkSchema } from "./check-schema.ts";
import type { CheckConfig, Config } from "./schema.ts";

const checksSchema = z.array(checkSchema);

/** As in `parseConfig`. */
const once: z.core.ParseContext<z.core.$ZodIssue> = { jitless: true };

/**
 * Checks as a bundle keeps them: as a `sluice.yaml` has them, so that a later Sluice fills in its own defaults. References stay references,
 * and no value of the environment is in them. Pure.
 */
export function storableChecks(checks: readonly CheckConfig[]): readonly unknown[] {
  return z.encode(checksSchema, [...checks], once);
}

/** The checks of a bundle; `null` where it is from before and has none, or a later Sluice wrote some that this one does not know. Pure. */
export function storedChecks({ checks }: Pick<ReleaseBundle, "checks">): CheckConfig[] | null {
  const { success, data } = checksSchema.safeParse(checks, once);
  return success ? data : null;
}

/** The configuration that a release is judged by: with the checks that it was deployed with last, where those are known. Pure. */
export function judgedBy(config: Config, bundle: Pick<ReleaseBundle, "checks">): Config {
  const checks = storedChecks(bundle);
  return checks ? { ...config, checks } : config;
}

/**
 * The path of a service that its door asks, and that tells when a start is done: the one that its release was deployed with last, or
 * that of the configuration, where the release is from before; `null` for none. Pure.
 */
export function healthPathOf(
  { name, healthPath }: Pick<ServiceFacts, "name" | "healthPath">,
  { services }: Pick<Config, "services">,
): string | null {
  return healthPath === undefined ? (services[name]?.health?.path ?? null) : healthPath;
}

/** A stored release as it is judged when it is deployed again: by what is configured now. Pure. */
export function withSettings(bundle: ReleaseBundle, config: Pick<Config, "checks" | "services">): ReleaseBundle {
  const services = bundle.services.map((service) => ({
    ...service,
    healthPath: config.services[service.name]?.health?.path ?? null,
  }));
  return { ...bundle, services, checks: storableChecks(config.checks) };
}

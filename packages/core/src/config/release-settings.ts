import * as z from "zod";
import type { ReleaseBundle } from "../model/release.ts";
import type { ProxyProtocol, ServiceFacts } from "../model/service.ts";
import { checkSchema } from "./check-schema.ts";
import type { CheckConfig, Config } from "./schema.ts";

/** What of a configuration is kept with the release that is deployed with it. */
export type ReleaseConfig = Pick<Config, "checks" | "services" | "traffic">;

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

/** Whom the door asks for where it asks for {@link healthPathOf}; `undefined`: for `localhost`. Pure. */
export function healthHostOf(
  { name, healthPath, healthHost }: Pick<ServiceFacts, "name" | "healthPath" | "healthHost">,
  { services }: Pick<Config, "services">,
): string | undefined {
  return healthPath === undefined ? services[name]?.health?.host : healthHost;
}

/**
 * The PROXY protocol at the door of a service. What is before the door speaks as it is configured now, whichever release is behind it;
 * the application expects what its release was deployed with last, or what is configured, where the release is from before. Pure.
 */
export function proxyProtocolOf(
  { proxyProtocol }: Pick<ServiceFacts, "proxyProtocol">,
  { traffic }: Pick<Config, "traffic">,
): ProxyProtocol {
  return { ...traffic.proxyProtocol, ...(proxyProtocol && { out: proxyProtocol.out }) };
}

/**
 * The configuration for the door of a release that a failed deployment is undone to: what is before that door spoke as the release was
 * deployed with last, and nothing says that the failed one has changed it for good. Pure.
 */
export function undoneTo(config: Config, { proxyProtocol }: Pick<ServiceFacts, "proxyProtocol">): Config {
  return proxyProtocol ? { ...config, traffic: { ...config.traffic, proxyProtocol } } : config;
}

/** A stored release as it is judged, and as its doors are, when it is deployed again: by what is configured now. Pure. */
export function withSettings(bundle: ReleaseBundle, config: ReleaseConfig): ReleaseBundle {
  const services = bundle.services.map((service) => ({
    ...service,
    healthPath: config.services[service.name]?.health?.path ?? null,
    healthHost: config.services[service.name]?.health?.host,
    proxyProtocol: config.traffic.proxyProtocol,
  }));
  return { ...bundle, services, checks: storableChecks(config.checks) };
}

import type { ComposeModel, Config, RoleDecision } from "@sluice/core";
import { type SourceFile, writtenServices } from "./source-files.ts";

/**
 * Services of profiles that are not active and that Compose does not accept. Of them no more is known than that they are there,
 * and that nobody here starts them: without that, what a person runs of one would be taken for what the release has no more.
 * Pure.
 *
 * @param sources all compose files, also those that only lend a service to others
 */
export function unreadServices(
  sources: readonly SourceFile[],
  { services: read }: Pick<ComposeModel, "services">,
  config: Pick<Config, "services">,
): readonly RoleDecision[] {
  const ofProfiles = sources.flatMap(writtenServices).filter(([, { profiles }]) => Array.isArray(profiles));
  const names = new Set(ofProfiles.flatMap(([name]) => (name in read ? [] : [name])));
  return [...names].map((service) => ({
    service,
    role: config.services[service]?.role ?? "support",
    strategy: "recreate",
    confidence: "ask",
    reason: "it is in no active profile, and Compose does not accept it",
  }));
}

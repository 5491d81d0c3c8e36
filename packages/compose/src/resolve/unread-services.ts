import type { ComposeModel, Config, RoleDecision, ServiceFacts } from "@sluice/core";
import { serviceFacts } from "../roles/service-facts.ts";
import { type SourceFile, writtenServices } from "./source-files.ts";

/**
 * Services of profiles that are not active and that Compose does not accept. Of them no more is known than that they are there,
 * and that nobody here starts them: without that, what a person runs of one would be taken for what the release has no more.
 * Pure.
 *
 * @param sources all compose files, also those that only lend a service to others
 * @param model has what Compose accepts
 */
export function unreadServices(
  sources: readonly SourceFile[],
  model: ComposeModel,
  config: Pick<Config, "services" | "traffic">,
): readonly ServiceFacts[] {
  const profiles = new Map<string, readonly string[]>();
  for (const [name, { profiles: own }] of sources.flatMap(writtenServices)) {
    if (name in model.services || !Array.isArray(own)) continue;
    profiles.set(name, [...new Set([...(profiles.get(name) ?? []), ...own.map(String)])]);
  }
  const decisions = [...profiles.keys()].map(
    (service): RoleDecision => ({
      service,
      role: config.services[service]?.role ?? "support",
      strategy: "recreate",
      confidence: "ask",
      reason: "it is in no active profile, and Compose does not accept it",
    }),
  );
  return serviceFacts(model, decisions, config, new Set()).map((facts) => ({
    ...facts,
    isUnread: true,
    inactiveProfiles: profiles.get(facts.name),
  }));
}

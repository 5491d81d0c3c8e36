import type { Finding } from "../../model/finding.ts";
import type { ServiceFacts } from "../../model/service.ts";
import type { Slot } from "../../model/slot.ts";
import type { ObservedStack } from "../../model/stack.ts";
import { openDropped } from "../steps/plan-previous.ts";

/** Where a runner has no `.env` of a person, nobody else says it. */
function whereActive(profile = ""): string {
  return `where Sluice runs: in env: of the job that deploys (sluice init --workflow --profile ${profile} writes it where none is), in .env or in the shell`;
}

/** That a service is under profiles of which none is active, in words, and what makes one active. Pure. */
export function inactiveText(profiles: readonly string[]): { readonly under: string; readonly hint: string } {
  const under =
    profiles.length === 1
      ? `under profile ${profiles[0]}, which is not active`
      : `under profiles ${profiles.join(" and ")}, none of which is active`;
  return { under, hint: `add ${profiles.join(" or ")} to COMPOSE_PROFILES ${whereActive(profiles[0])}` };
}

/**
 * That a release would run nothing, as all that it has is under profiles of which none is active: Compose takes that for a project without
 * services, and doors of what serves would be closed. Where one is no more than scaled to nothing, that is meant so. Pure.
 */
export function noActiveService(services: readonly ServiceFacts[]): readonly Finding[] {
  const own = services.filter(({ role }) => role !== "tool");
  const profiles = [...new Set(own.flatMap(({ inactiveProfiles = [] }) => inactiveProfiles))];
  const isUnder = ({ active, inactiveProfiles = [] }: ServiceFacts) => !active && inactiveProfiles.length > 0;
  if (own.length === 0 || !own.every(isUnder)) return [];
  const message = `no service of the release is active: each is under profiles (${profiles.join(", ")}), and none of those is active`;
  const hint = `set COMPOSE_PROFILES, such as COMPOSE_PROFILES=${profiles[0]}, ${whereActive(profiles[0])}`;
  return [{ severity: "error", code: "no-active-service", message, hint }];
}

/**
 * What serves now and a release would end for no other reason than that it has it under profiles which are not active, and jobs that ran
 * for what serves and would be left out so: without its migration a release may meet a schema of before. Data stays where it is, and is
 * none; so is what people run by plain Compose. Pure.
 *
 * @param services all of the release
 * @param serving those of the release that serves; `null` where there is none or it is not stored, so that what runs tells
 * @param slot that serves; `null` where none does
 */
export function lostToProfiles(
  services: readonly ServiceFacts[],
  serving: readonly ServiceFacts[] | null,
  observed: ObservedStack,
  slot: Slot | null,
): readonly Finding[] {
  const runs = serving === null ? runningNames(observed, slot) : namesOf(serving.filter(isPart));
  const now = new Set([...openDropped(observed, Object.keys(observed.doors)), ...runs]);
  return services.flatMap(({ name, role, active, inactiveProfiles = [] }): readonly Finding[] => {
    if (active || inactiveProfiles.length === 0 || role === "tool" || role === "data" || !now.has(name)) return [];
    const { under, hint } = inactiveText(inactiveProfiles);
    const [lost, toGo] =
      role === "job"
        ? [`${name} ran for what serves, and this release would not run it`, "no more to run"]
        : [`${name} is part of what serves, and this release would end it`, "to go"];
    return [
      {
        severity: "error",
        code: "profile-not-active",
        service: name,
        message: `${lost}: it is ${under}`,
        hint: `${hint}; where ${name} is ${toGo}, --accept-dropped, or take it out of the compose files`,
      },
    ];
  });
}

function isPart({ active, replicas, role }: ServiceFacts): boolean {
  return active && (replicas > 0 || role === "job") && role !== "tool" && role !== "data";
}

function runningNames({ slots, orphans }: ObservedStack, slot: Slot | null): readonly string[] {
  const inSlot = slot === null ? [] : slots[slot].containers;
  const left = orphans.filter(({ byPlainCompose = false }) => !byPlainCompose);
  return [...inSlot, ...left].flatMap(({ service, state }) => (state === "running" ? [service] : []));
}

function namesOf(services: readonly ServiceFacts[]): readonly string[] {
  return services.map(({ name }) => name);
}

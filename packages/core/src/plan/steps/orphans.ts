import type { Finding } from "../../model/finding.ts";
import { isBehindDoor } from "../../model/placement.ts";
import type { ServiceFacts } from "../../model/service.ts";
import type { ObservedContainer, ObservedStack } from "../../model/stack.ts";
import { type AddStep, shortStepMs } from "./collect-steps.ts";
import { baseServices, inOrder } from "./plan-base.ts";

/** A service that a release has not, or in none of its active profiles, and of which containers are in base. */
export interface Orphan {
  readonly service: string;
  readonly containers: readonly ObservedContainer[];
  /** As it was in base in the newest release that knows it; `null` where none does: somebody else has made it. */
  readonly facts: ServiceFacts | null;
  /** The release has it, in none of its active profiles. Default: it has it not at all. */
  readonly isInactive?: boolean | undefined;
}

/**
 * What is in base and does not run in a release. Pure. Containers of what was a one-shot job are none: they have ended. What the
 * release has in none of its active profiles is one where a deployment left it there: what a person runs of it is theirs.
 *
 * @param services all of the release, under whichever profile
 * @param known services of other releases, the one that counts most first
 * @param serving those of the release that serves; none where there is none or its bundle is gone
 */
export function orphansOf(
  observed: Pick<ObservedStack, "base" | "orphans">,
  services: readonly ServiceFacts[],
  known: readonly (readonly ServiceFacts[])[],
  serving: readonly ServiceFacts[] = [],
): readonly Orphan[] {
  const own = new Set(services.flatMap(({ active, name }) => (active ? name : [])));
  const written = new Set(services.map(({ name }) => name));
  const inBase = [...Object.values(observed.base).flatMap(({ containers }) => containers), ...observed.orphans];
  const names = new Set(inBase.flatMap(({ service }) => (own.has(service) ? [] : [service])));
  return [...names].flatMap((service): Orphan[] => {
    const facts = known.flatMap((one) => one.filter(({ name, active }) => active && name === service));
    if (facts[0]?.role === "job") return [];
    // What was called data once may hold some still.
    const [found = null] = [...baseServices(facts.filter(({ role }) => role === "data")), ...facts];
    const containers = inBase.filter((container) => container.service === service);
    const orphan = { service, containers, facts: found && baseServices([found])[0] ? found : null };
    if (!written.has(service)) return [orphan];
    const isLeft =
      serving.some(({ active, name }) => active && name === service) ||
      containers.some(({ byPlainCompose = false }) => !byPlainCompose);
    return orphan.facts && isLeft ? [{ ...orphan, isInactive: true }] : [];
  });
}

/** Why what is in base does not belong there, in words. */
function whyOrphan({ service, isInactive = false }: Orphan): string {
  return isInactive ? `${service} is in none of the active profiles` : `the release has no ${service}`;
}

/** Whether an orphan goes with the release that has it no more: never data, and never what no release of ours had. Pure. */
export function mayRemove({ facts }: Orphan): boolean {
  return facts !== null && facts.role !== "data";
}

/** Orphans that stay until a person says otherwise, each with the command that removes its containers. Pure. */
export function keptOrphans(orphans: readonly Orphan[]): readonly Finding[] {
  return orphans.flatMap((orphan): Finding[] => {
    const { service, facts } = orphan;
    const names = orphan.containers.filter(isUp).map(({ name }) => name);
    if (mayRemove(orphan) || names.length === 0) return [];
    const what = names.join(" and ");
    const hint = `docker stop ${names.join(" ")} && docker rm ${names.join(" ")} removes it; its volumes stay`;
    if (facts) {
      const message = `${whyOrphan(orphan)}, and ${what} runs on: data is never removed unasked`;
      return [{ severity: "warn", code: "orphan-data", service, message, hint }];
    }
    const message = `${what} runs in the project of the stack, and no release that is stored has a service ${service} in base`;
    return [{ severity: "info", code: "orphan-unknown", service, message, hint }];
  });
}

function isUp({ state }: ObservedContainer): boolean {
  return state === "running" || state === "restarting" || state === "paused";
}

/**
 * Ports that doors are to publish and that orphans hold, as an error: an undo could not give such a port back, so a person has to
 * decide when who came in there loses the way. What the release that serves has in base can be put back, and is none. Pure.
 *
 * @param serving services of the release that serves, where such a port can change hands. Default: none
 */
export function heldByOrphans(
  orphans: readonly Orphan[],
  services: readonly ServiceFacts[],
  serving: readonly ServiceFacts[] = [],
): readonly Finding[] {
  const webs = services.filter(isBehindDoor);
  const returning = baseServices(serving.filter(({ active }) => active));
  return orphans.flatMap((orphan): Finding[] => {
    const { service, facts, containers } = orphan;
    if (mayRemove(orphan) && returning.some(({ name }) => name === service)) return [];
    const running = containers.filter(isUp).map(({ name }) => name);
    const taking = webs.find((web) => facts !== null && running.length > 0 && sharesPort(web, facts));
    if (!taking) return [];
    const message = `${running.join(" and ")} holds a port that ${taking.name} is to be reached at, and ${whyOrphan(orphan)}`;
    return [{ severity: "error", code: "orphan-holds-port", service, message, hint: freePort(service, running) }];
  });
}

/** Services that take a published port of an orphan, by the orphan: it must go before they are made. */
export type OrphanHeirs = ReadonlyMap<string, readonly string[]>;

/**
 * Two of base cannot hold one port at once. What runs and had the port in the release that serves is no heir: it has it already. Pure.
 *
 * @param serving services of the release that serves; none where there is none or its bundle is gone
 */
export function orphanHeirs(
  orphans: readonly Orphan[],
  base: readonly ServiceFacts[],
  serving: readonly ServiceFacts[],
  observed: Pick<ObservedStack, "base">,
): OrphanHeirs {
  const there = Object.values(observed.base).filter(({ containers }) => containers.length > 0);
  const hasPortOf = ({ name }: ServiceFacts, facts: ServiceFacts) =>
    there.some(({ service }) => service === name) &&
    serving.some((before) => before.active && before.name === name && sharesPort(before, facts));
  const heirsOf = (facts: ServiceFacts) =>
    base.filter((one) => one.role !== "data" && sharesPort(one, facts) && !hasPortOf(one, facts));
  const entries = orphans.filter(mayRemove).flatMap(({ service, facts }) => {
    const heirs = facts === null ? [] : heirsOf(facts).map(({ name }) => name);
    return heirs.length > 0 ? [[service, heirs] as const] : [];
  });
  return new Map(entries);
}

/**
 * Orphans whose port a service of base takes, and that the release that serves has not either, as an error: they have to go early,
 * and nothing would put them back where the deployment is taken back. Pure.
 *
 * @param services all of the release
 * @param serving those of the release that serves; none where there is none or its bundle is gone
 */
export function lostOrphans(
  orphans: readonly Orphan[],
  services: readonly ServiceFacts[],
  serving: readonly ServiceFacts[],
  observed: Pick<ObservedStack, "base">,
): readonly Finding[] {
  const active = (all: readonly ServiceFacts[]) => baseServices(all.filter((service) => service.active));
  const heirs = orphanHeirs(orphans, active(services), serving, observed);
  const returning = active(serving);
  return orphans.flatMap(({ service, containers }): Finding[] => {
    const running = containers.filter(isUp).map(({ name }) => name);
    const taking = heirs.get(service) ?? [];
    if (taking.length === 0 || running.length === 0 || returning.some(({ name }) => name === service)) return [];
    const message = `${running.join(" and ")} holds a port that ${taking.join(" and ")} takes, and is part of no release that serves: it could not be put back`;
    return [{ severity: "error", code: "orphan-holds-port", service, message, hint: freePort(service, running) }];
  });
}

function freePort(service: string, running: readonly string[]): string {
  return `docker stop ${running.join(" ")} just before you try again, or keep ${service} and its port`;
}

function sharesPort(a: ServiceFacts, b: ServiceFacts): boolean {
  return a.ports.some(({ published, protocol }) =>
    b.ports.some((port) => published !== 0 && port.published === published && port.protocol === protocol),
  );
}

export interface Removals {
  /** Those whose port one of these takes, which is made next. */
  before(next: readonly ServiceFacts[]): void;
  /** One whose port doors take that come next. */
  taken(service: string, heirs: readonly string[]): void;
  /** All others, who depends on others first. */
  rest(): void;
}

/** Takes away what the release has no more. Each orphan goes once, as late as can be. */
export function collectRemovals(add: AddStep, orphans: readonly Orphan[], heirs: OrphanHeirs): Removals {
  const gone = new Set<string>();
  const whys = new Map(orphans.map((orphan) => [orphan.service, whyOrphan(orphan)]));
  const facts = inOrder(orphans.flatMap((orphan) => (mayRemove(orphan) && orphan.facts) || [])).toReversed();
  const remove = ({ name, role, stopGraceMs }: ServiceFacts, taking: readonly string[], why: string) => {
    if (gone.has(name)) return;
    gone.add(name);
    add({
      kind: "remove",
      service: name,
      ...(taking.length > 0 ? { heirs: taking } : {}),
      target: `${role} ${name}`,
      cause: `${whys.get(name)}${why}; its volumes stay`,
      timeoutMs: stopGraceMs + shortStepMs,
    });
  };
  const removeFor = (one: ServiceFacts, taking: readonly string[]) =>
    remove(one, taking, `, and ${taking.join(" and ")} takes its port`);
  return {
    before(next) {
      for (const one of facts) {
        const taking = heirs.get(one.name) ?? [];
        if (next.some(({ name }) => taking.includes(name))) removeFor(one, taking);
      }
    },
    taken(service, taking) {
      for (const one of facts) if (one.name === service) removeFor(one, taking);
    },
    rest() {
      for (const one of facts) remove(one, [], "");
    },
  };
}

import {
  type DoorRequest,
  type DoorRouting,
  doorSpec,
  type ObservedStack,
  otherSlot,
  type ServiceFacts,
} from "@sluice/core";
import { type DeploymentScope, releaseOf, servicesOf } from "./scope.ts";

/** Container id of a door. @throws Error when no step made or observed one */
export function doorId({ doorIds }: DeploymentScope, service: string): string {
  const id = doorIds.get(service);
  if (id) return id;
  throw new Error(`no door of ${service} is known`);
}

/** What the runtime needs to make the door of a service. The routing an existing door has is kept. */
export async function doorRequest(
  scope: DeploymentScope,
  service: string,
  routing?: DoorRouting,
): Promise<DoorRequest> {
  const { ports, stack, config, previewSecret, deployment } = scope;
  const { model } = releaseOf(scope);
  const facts = factsOf(scope, service);
  const spec = doorSpec({
    stack,
    service: facts,
    config,
    previewSecret,
    servers: await ports.doors.addresses(model, facts),
  });
  const kept = routing ?? (await currentRouting(scope, service));
  return { spec, files: ports.router.files(spec, kept), routing: kept, image: config.traffic.image, model, deployment };
}

function factsOf(scope: DeploymentScope, service: string): ServiceFacts {
  const [facts] = servicesOf(scope, [service]);
  if (facts) return facts;
  throw new Error(`the release has no active service ${service}`);
}

async function currentRouting({ doorIds, ports }: DeploymentScope, service: string): Promise<DoorRouting> {
  const id = doorIds.get(service);
  return id ? ports.router.routing(id) : closedRouting;
}

/** Nobody gets through but previews. */
export const closedRouting: DoorRouting = { stable: null, share: 0, salt: 0 };

/** Users to the candidate: `share` percent of them, the rest to the previous. */
export function shiftedRouting(current: DoorRouting, scope: DeploymentScope, share: number): DoorRouting {
  const { candidate } = scope.plan;
  // While nobody is at the candidate, whose users come first may change with each release; later it must not.
  const salt = current.share === 0 ? saltOf(releaseOf(scope).bundle.id) : current.salt;
  if (current.stable === candidate) return { ...current, share: 0 };
  // A door that leads nowhere yet opens only when everything goes to the candidate.
  if (current.stable === null && share < 100) return current;
  return { stable: otherSlot(candidate), share, salt };
}

/** Users to where they were before this deployment. */
export function restoredRouting(scope: DeploymentScope, service: string, current: DoorRouting): DoorRouting {
  const { plan, previousRelease } = scope;
  const servedBefore =
    plan.previous !== null && (previousRelease?.bundle.services.some(({ name }) => name === service) ?? true);
  return { stable: servedBefore ? plan.previous : null, share: 0, salt: current.salt };
}

/** 0 to 9999, the same for the same release. */
export function saltOf(releaseId: string): number {
  let hash = 2_166_136_261;
  for (const character of releaseId) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 16_777_619) >>> 0;
  return hash % 10_000;
}

/** Doors that run, by service. */
export function doorIdsOf(observed: ObservedStack): Map<string, string> {
  return new Map(
    Object.values(observed.doors).flatMap(({ service, containerId, state }) =>
      containerId && state !== "stopped" ? [[service, containerId]] : [],
    ),
  );
}

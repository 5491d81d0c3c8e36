import {
  type DoorRequest,
  type DoorRouting,
  doorImage,
  doorSpec,
  isBehindDoor,
  isSluiceError,
  type ObservedStack,
  otherSlot,
  type ServiceFacts,
  SluiceError,
  type StoredRelease,
  undoneTo,
} from "@sluice/core";
import { type DeploymentScope, releaseOf, servingSlot } from "../scope.ts";
import { edgeNames } from "./reread-names.ts";

/** Container id of a door. @throws SluiceError DOOR_FAILED when no step made or observed one */
export function doorId({ doorIds }: DeploymentScope, service: string): string {
  const id = doorIds.get(service);
  if (id) return id;
  throw new SluiceError("DOOR_FAILED", `service ${service} has no door that runs`, {
    hint: "sluice status shows the doors; sluice deploy makes those that are missing",
  });
}

/**
 * What the runtime needs to make the door of a service, as the release wants it, or the one `before` it. The routing an existing door has is
 * kept; one that has none leads to the previous, where that served it.
 */
export async function doorRequest(
  scope: DeploymentScope,
  service: string,
  routing?: DoorRouting,
  before?: StoredRelease,
): Promise<DoorRequest> {
  const { ports, stack, plan, config, previewSecret, deployment } = scope;
  const release = before ?? releaseOf(scope);
  const { model } = release;
  const facts = factsOf(release, service);
  const servers = await ports.doors.addresses(model, facts, (before && plan.previous) ?? servingSlot(scope));
  const spec = doorSpec({
    stack,
    service: facts,
    config: before ? undoneTo(config, facts) : config,
    previewSecret,
    servers,
  });
  const kept = routing ?? (await currentRouting(scope, service)) ?? restoredRouting(scope, service, closedRouting);
  const files = ports.router.files(spec, kept);
  const volumes = ports.router.volumes(spec);
  const edges = edgeNames(scope);
  return { spec, files, volumes, routing: kept, image: doorImage(config), model, deployment, edges };
}

function factsOf({ bundle }: StoredRelease, service: string): ServiceFacts {
  const facts = bundle.services.find(({ name, active }) => active && name === service);
  if (facts) return facts;
  throw new SluiceError("RELEASE_UNKNOWN", `release ${bundle.tag} has no active service ${service}`);
}

/** `null` where there is no door, or none that answers. */
async function currentRouting({ doorIds, ports }: DeploymentScope, service: string): Promise<DoorRouting | null> {
  const id = doorIds.get(service);
  if (!id) return null;
  try {
    return await ports.router.routing(id);
  } catch (error) {
    if (isSluiceError(error) && error.code === "DOOR_FAILED") return null;
    throw error;
  }
}

/** Nobody gets through but previews. */
export const closedRouting: DoorRouting = { stable: null, share: 0, salt: 0 };

/** Users to the candidate: `share` percent of them, the rest to the previous. Whoever is there already stays there. */
export function shiftedRouting(current: DoorRouting, scope: DeploymentScope, share: number): DoorRouting {
  const { candidate } = scope.plan;
  // While nobody is at the candidate, whose users come first may change with each release; later it must not.
  const salt = current.share === 0 ? saltOf(releaseOf(scope).bundle.id) : current.salt;
  if (current.stable === candidate) return { stable: candidate, share: 0, salt: current.salt };
  // A door that leads nowhere yet opens only when everything goes to the candidate.
  if (current.stable === null && share < 100) return current;
  return { stable: otherSlot(candidate), share: Math.max(share, current.share), salt, ...openTo(scope) };
}

/** A candidate that is proven is open to testers, where there are some, until it is promoted or taken back. */
function openTo({ config }: DeploymentScope): Pick<DoorRouting, "testers"> {
  return config.traffic.testers ? { testers: true } : {};
}

/** Users to where they were before this deployment. */
export function restoredRouting(scope: DeploymentScope, service: string, current: DoorRouting): DoorRouting {
  const stable = servedBefore(scope, service) ? scope.plan.previous : null;
  return { stable, share: 0, salt: current.salt };
}

/**
 * Users of this service came to the previous through a door. A previous whose bundle is gone is taken to have it behind one,
 * unless the plan has something beside the slots that served it: it may well be what serves.
 */
export function servedBefore({ plan, previousRelease }: DeploymentScope, service: string): boolean {
  if (plan.previous === null) return false;
  const isGiven = plan.steps.some(
    (step) => step.kind === "adopt" && step.restarts.length > 0 && step.services.includes(service),
  );
  return previousRelease?.bundle.services.some((one) => one.name === service && isBehindDoor(one)) ?? !isGiven;
}

/** The previous has not got this service: nobody knows its name before users are led to the candidate. */
export function isNew(scope: DeploymentScope, service: string): boolean {
  return scope.plan.previous !== null && !servedBefore(scope, service);
}

/** 0 to 9999, the same for the same release. */
export function saltOf(releaseId: string): number {
  let hash = 2_166_136_261;
  for (const character of releaseId) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 16_777_619) >>> 0;
  return hash % 10_000;
}

/** What leads to the candidate, by service: the preview of a service that has one, as its door does not lead there yet. */
export function waysToCandidate({ doorIds, previewIds }: DeploymentScope): ReadonlyMap<string, string> {
  return new Map([...doorIds, ...previewIds]);
}

/** Doors that run, by service. */
export function doorIdsOf(observed: ObservedStack): Map<string, string> {
  return new Map(
    Object.values(observed.doors).flatMap(({ service, containerId, state }) =>
      containerId && state !== "stopped" ? [[service, containerId]] : [],
    ),
  );
}

import {
  type DeploymentPlan,
  type Finding,
  type HeldServices,
  isDown,
  type LiveSlot,
  type ObservedBaseService,
  type ObservedStack,
  placesOf,
  planDeployment,
  type ReleaseBundle,
  type ServiceFacts,
  type StoredRelease,
} from "@sluice/core";
import { baseOf, observedAs } from "./base-as-released.ts";
import { findOutside } from "./find-outside.ts";
import { bringBackHint } from "./gone-images.ts";
import { jobsNotRun, jobsTakenBack } from "./jobs-not-run.ts";
import { isOver } from "./lost-base.ts";
import { assertImages, neededImages } from "./needed-images.ts";
import { placedModel } from "./placed-model.ts";
import { assertDoorImage, assertNoObstacle, assertOwnProjects } from "./preflight.ts";
import type { RollbackScope } from "./rollback-facts.ts";
import { begunAnew, type DataAnew } from "./tell-data-anew.ts";

/** What is known of a release that serves, and that is gone back to. */
interface ServingFacts {
  readonly target: ReleaseBundle;
  /** The same with its model. */
  readonly release: StoredRelease;
  /** The slot that it serves in; `null` where all of it is in base. */
  readonly live: LiveSlot | null;
  /** Data of it that is gone with its volumes. */
  readonly gone: DataAnew;
  readonly inSlots: HeldServices;
  readonly remembered: ObservedStack["remembered"];
}

/** How what serves is brought back. */
interface Mending {
  readonly plan: DeploymentPlan;
  /** Services whose data begins with nothing by that plan. */
  readonly dataAnew: readonly string[];
  readonly findings: readonly Finding[];
}

/**
 * What is gone back to serves already: what of it is down comes back as in a deployment of it, and what runs on beside it for nobody
 * is stopped. Without any step nothing is to be done.
 *
 * @throws SluiceError IMAGE_MISSING, PREFLIGHT_FAILED
 */
export async function prepareMending(facts: ServingFacts, scope: RollbackScope): Promise<Mending> {
  const { target, release } = facts;
  const { request, ports, signal, judging, fate } = scope;
  const { services } = target;
  const { observed } = await observedAs({ ports, project: request.project }, release, signal);
  const held = { ...asItRuns(observed, target), remembered: facts.remembered };
  const anew = begunAnew(facts.gone, held.base);
  const isDataAnew = anew.services.length > 0;
  const planFor = (bundle: ReleaseBundle) => planMending({ ...facts, target: bundle, judging, isDataAnew }, held);
  const stored = { ...release, bundle: target };
  const { plan, lost } = await makeablePlan(stored, planFor, observed, scope);
  assertOwnProjects(placesOf(plan), observed);
  await assertImages(stored, { ...plan, mended: goneIn(plan, services, observed) }, ports, signal);
  await assertDoorImage(plan, { ...observed, services }, judging, ports, signal);
  const model = await placedModel({ target, release, left: release }, scope);
  await assertNoObstacle(plan, { ...request, model, services, orphans: [] }, ports, signal);
  const seen = { model: release.model, observed, config: judging };
  const undone = [...jobsTakenBack(target, fate, plan), ...jobsNotRun(target, seen, plan)];
  const outside = await findOutside(plan, { stack: request.stack, model }, ports, signal);
  const findings = [...anew.findings, ...undone, ...lost.map((one) => notBackFinding(one, target)), ...outside];
  return { plan, dataAnew: anew.services, findings };
}

interface LostWorker {
  readonly worker: string;
  /** What its image, or one that it mounts, is kept by with the release. */
  readonly missing: readonly string[];
}

/**
 * The plan for all of a release; without the workers that lack their image where it leads users to what serves again, which those
 * are not in the way of. A web service of which something runs has its image.
 */
async function makeablePlan(
  stored: StoredRelease,
  planFor: (bundle: ReleaseBundle) => DeploymentPlan,
  observed: ObservedStack,
  { ports, signal }: RollbackScope,
): Promise<{ readonly plan: DeploymentPlan; readonly lost: readonly LostWorker[] }> {
  const { bundle } = stored;
  const all = planFor(bundle);
  const making = { ...all, mended: goneIn(all, bundle.services, observed) };
  const isMade = (name: string) =>
    making.mended.includes(name) || all.steps.some((step) => step.kind === "recreate" && step.service === name);
  const workers = bundle.services.filter(({ name, role }) => role === "worker" && isMade(name));
  const lost: LostWorker[] = [];
  for (const service of workers) {
    const needed = neededImages({ ...stored, bundle: { ...bundle, services: [service] } }, making);
    const missing = await ports.images.missing(needed, signal);
    if (missing.length > 0) lost.push({ worker: service.name, missing });
  }
  const isLost = ({ name }: ServiceFacts) => lost.some(({ worker }) => worker === name);
  const services = bundle.services.map((service) => (isLost(service) ? { ...service, replicas: 0 } : service));
  const rest = planFor({ ...bundle, services });
  return opensDoors(rest) ? { plan: rest, lost } : { plan: all, lost: [] };
}

/** Whether users are led to what serves again, and nothing is to be made in its slot, which would make all of it. Pure. */
function opensDoors({ steps }: Pick<DeploymentPlan, "steps">): boolean {
  const opens = steps.some((step) => step.kind === "door" || (step.kind === "recover" && step.services.length > 0));
  return opens && steps.every(({ kind }) => kind !== "start");
}

function notBackFinding({ worker, missing }: LostWorker, target: ReleaseBundle): Finding {
  const message = `${worker} is not brought back: the image of ${missing.join(", ")} is gone from the engine`;
  return { severity: "warn", code: "service-short", service: worker, message, hint: bringBackHint(target, missing) };
}

interface MendingFacts extends Pick<ServingFacts, "target" | "live" | "inSlots">, Pick<RollbackScope, "judging"> {
  readonly isDataAnew: boolean;
}

/** The plan that brings back what is down of what serves. Pure. @param observed as `asItRuns` says */
function planMending(
  { target, live, isDataAnew, inSlots, judging }: MendingFacts,
  observed: ObservedStack,
): DeploymentPlan {
  const { id, tag, services } = target;
  return planDeployment(
    {
      tag,
      services,
      config: judging,
      bundleId: id,
      imagesOf: null,
      wasLive: true,
      isDataAnew,
      isRollback: true,
      replaced: services,
      servesInBase: live ? null : id,
      held: inSlots,
      prunable: [],
    },
    observed,
  );
}

/** Services of which a plan makes containers in the slot that serves: one that only does not run is started as it is. Pure. */
function goneIn(
  { steps }: DeploymentPlan,
  services: readonly ServiceFacts[],
  { slots }: ObservedStack,
): readonly string[] {
  return steps.flatMap((step) => {
    if (step.kind !== "start") return [];
    const there = (name: string) => slots[step.slot].containers.filter(({ service }) => service === name).length;
    const short = services.filter(({ name, replicas }) => step.services.includes(name) && there(name) < replicas);
    return short.map(({ name }) => name);
  });
}

/** The stack as if all that runs of a release were as that has it: so it stays, and only what is down is brought back. Pure. */
export function asItRuns(observed: ObservedStack, target: ReleaseBundle): ObservedStack {
  const base = baseOf(target).flatMap((service) => {
    const seen = observed.base[service.name];
    return seen ? [[service.name, { ...seen, ...stateOf(service, seen) }] as const] : [];
  });
  const doors = Object.entries(observed.doors).map(([name, door]) => {
    // One that runs and that users do not come to is no better than one that is down.
    const stays = door.state === "outdated" && !door.isUnreached;
    return [name, stays ? { ...door, state: "current" as const } : door] as const;
  });
  return { ...observed, leftovers: [], base: Object.fromEntries(base), doors: Object.fromEntries(doors) };
}

/**
 * Data that runs by another definition is left, also where it is down: it is not sure that the release can have it. So is a service
 * of support that would leave a volume: what is in that may be needed.
 */
function stateOf(service: ServiceFacts, seen: ObservedBaseService): Pick<ObservedBaseService, "state" | "reason"> {
  const { state, reason, containers, change } = seen;
  const isWhole = containers.length >= service.replicas;
  const isUp = isWhole && containers.every((one) => !isDown(one.state) && one.state !== "paused");
  const leavesVolume = service.role === "support" && change !== undefined && change.leaves.length > 0;
  const isOther = state === "changed" && (service.role === "data" || leavesVolume);
  if (state === "absent") return { state, reason };
  if (isUp || isOther || isOver(service, containers)) return { state: "current", reason: "" };
  return state === "changed" ? { state: "stopped", reason: "it does not run" } : { state, reason };
}

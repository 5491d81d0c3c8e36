import {
  healthPathOf,
  isAlwaysPutBack,
  type ObservedContainer,
  type ServiceFacts,
  SluiceError,
  type StoredRelease,
} from "@sluice/core";
import type { StepAction, StepCall } from "../action.ts";
import { baseOf } from "../prepare/base-as-released.ts";
import { tellUndoneBase } from "../prepare/tell-changed-base.ts";
import { notStored } from "../record/not-stored.ts";
import { doorId } from "../run/doors.ts";
import { rereadNames } from "../run/reread-names.ts";
import { type DeploymentScope, releaseOf, servicesOf, servingSlot } from "../scope.ts";
import { createMissing, createSlot } from "./create-slot.ts";
import { mendPrevious } from "./mend-previous.ts";
import { noteInBase } from "./prove-workers.ts";
import { rereadAsBefore } from "./renewed-edges.ts";
import { restartDependants } from "./restart.ts";
import { reviveBase } from "./revive-base.ts";
import { reviveDoor } from "./revive-doors.ts";
import { clearSlot, removeSlot } from "./take-away.ts";
import { restoreRoute } from "./traffic.ts";
import { hasSameImage, isUnreadyData, isUnreadyError, notPutBack } from "./unready-base.ts";
import { upStored } from "./up-stored.ts";
import { upWanted } from "./up-wanted.ts";
import { waitDoors } from "./verify.ts";

export const recover: StepAction<"recover"> = {
  async run({ services }, scope, { options, signal }) {
    const { stack, ports, plan, config } = scope;
    await ports.slots.sweep(stack, options);
    for (const service of services) {
      await reviveDoor(scope, service, { signal });
      if (!scope.doorIds.has(service)) continue;
      await restoreRoute(scope, service, plan.candidate, signal);
      await ports.router.drain(doorId(scope, service), plan.candidate, config.traffic.drain.timeout, signal);
    }
  },
};

export const clear: StepAction<"clear"> = {
  run: ({ slot }, scope, { options }) => clearSlot(scope, slot, options),
  // What it held does not come back; its networks were kept for a release that does not come either.
  undo: ({ slot }, scope, { options }) => removeSlot(scope, slot, options),
};

export const networks: StepAction<"networks"> = {
  async run({ slot }, scope, { options, progress }) {
    // The slot of the previous has the links of the previous, and may lack one before there is a release.
    const release = slot === scope.plan.previous ? scope.previousRelease : releaseOf(scope);
    if (!release)
      return progress(`the release in slot ${slot} is not stored: sluice status says how its links are mended`);
    const services = release.bundle.services.filter(({ active }) => active);
    await scope.ports.base.ensureNetworks(release.model, slot, services, options);
  },
};

export const base: StepAction<"base"> = {
  async run(step, scope, { options }) {
    // Each time that a proxy reads its files it closes connections that idle: once is enough.
    const isRead = scope.run.readEarly?.includes(step.service) === true;
    try {
      await upWanted(isRead ? { service: step.service } : step, scope, options);
      // An earlier run may not have seen it become ready.
      scope.run.unready = (scope.run.unready ?? []).filter((name) => name !== step.service);
    } catch (error) {
      if (isUnreadyError(error)) scope.run.unready = [...(scope.run.unready ?? []), step.service];
      throw error;
    }
  },
  // What holds data and has run stays as it is, but where all that was there is in a volume that was left, and where what took its
  // place never became ready.
  async undo(step, scope, call) {
    const { service, moves } = step;
    const isOwn = ({ name, active }: ServiceFacts) => active && name === service;
    const facts = scope.release?.bundle.services.find(isOwn);
    const before = scope.previousRelease?.bundle.services.find(isOwn);
    const isUnready = moves === undefined && (await isUnreadyData(facts?.role, service, scope, call.signal));
    const isBack = moves?.isPutBack === true || isAlwaysPutBack(facts?.role, before);
    const isSame = isUnready && hasSameImage(service, scope);
    if ((isBack || isSame) && hadRelease(scope, service)) await putBack(service, scope, call);
    else if (!(await reviveBase(scope, [service])).includes(service) && isUnready) throw notPutBack(service, scope);
    await restartDependants(service, scope, call);
    await tellUndoneBase(step, scope);
  },
};

export const recreate: StepAction<"recreate"> = {
  async run(step, scope, call) {
    await upWanted(step, scope, call.options);
    await noteInBase(scope, step.service, call.signal);
    await rereadNames(scope, call.options);
  },
  async undo({ service, replaces = [], restarts = replaces }, scope, call) {
    if (scope.previousRelease || replaces.length === 0) {
      await putBack(service, scope, call);
      return restartDependants(service, scope, call);
    }
    await assertNotReplaced(service, replaces, scope, call);
    await startAgain(service, restarts, scope, call);
  },
};

export const remove: StepAction<"remove"> = {
  async run({ service }, { stack, ports }, { options }) {
    await ports.base.remove(stack, service, options);
  },
  async undo({ service, heirs = [] }, scope, call) {
    const before = hadRelease(scope, service) ? scope.previousRelease.bundle.services : [];
    if (!before.some(({ active, name }) => active && name === service)) return;
    // The port is free once whoever took it is as before, or gone.
    for (const name of [...heirs, service]) await putBack(name, scope, call);
  },
};

/**
 * Whether there is a previous release, which says how a base service was.
 *
 * @throws SluiceError RELEASE_UNKNOWN where one served and is not stored
 */
function hadRelease(
  scope: DeploymentScope,
  service: string,
): scope is DeploymentScope & { readonly previousRelease: StoredRelease } {
  if (scope.previousRelease) return true;
  if (scope.plan.previous === null) return false;
  throw notStored(`service ${service} of base cannot be put back`);
}

/** A base service as the previous release has it: not there at all where that has none of its name in base. */
async function putBack(service: string, scope: DeploymentScope, { options }: StepCall): Promise<void> {
  const { previousRelease, ports, stack } = scope;
  const facts = previousRelease && baseOf(previousRelease.bundle).find(({ name }) => name === service);
  if (previousRelease && facts) await upStored(previousRelease, facts, scope, options);
  else await ports.base.remove(stack, service, options);
  await rereadAsBefore(scope, options);
}

/** What served before no release of ours can only be kept, never made again. @throws SluiceError RELEASE_UNKNOWN */
async function assertNotReplaced(
  service: string,
  before: readonly string[],
  scope: DeploymentScope,
  { signal }: StepCall,
): Promise<void> {
  const left = await statesInBase(service, scope, signal);
  if (before.every((id) => left.has(id))) return;
  throw new SluiceError(
    "RELEASE_UNKNOWN",
    `service ${service} was replaced, and no release is stored that says how it was before`,
    { hint: `docker compose up -d --no-deps ${service}, in the checkout of the version before, puts it back` },
  );
}

/** Compose stops a container before it removes it: the step may have ended in between. @throws SluiceError START_FAILED */
async function startAgain(
  service: string,
  ids: readonly string[],
  scope: DeploymentScope,
  { signal, options }: StepCall,
): Promise<void> {
  await scope.ports.slots.startPlain(ids, options);
  await rereadNames(scope, options);
  const states = await statesInBase(service, scope, signal);
  const down = ids.find((id) => states.get(id) !== "running");
  if (down === undefined) return;
  const id = down.slice(0, 12);
  throw new SluiceError("START_FAILED", `container ${id} of ${service} is ${states.get(down) ?? "gone"}`, {
    hint: `docker logs ${id}, and docker start ${id}`,
  });
}

/** By id of the container. */
async function statesInBase(
  service: string,
  { ports, project }: DeploymentScope,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, ObservedContainer["state"]>> {
  const { base: seen } = await ports.observer.observe(project, signal);
  return new Map(seen[service]?.containers.map(({ id, state }) => [id, state]));
}

export const create: StepAction<"create"> = {
  run: ({ slot }, scope, { options }) => createSlot(scope, slot, options),
  undo: ({ slot }, scope, { options }) => removeSlot(scope, slot, options),
};

const doorMs = 15_000;

/** What a door sees that is made anew later says nothing: it may be that door which does not reach them. */
function keepsDoor({ plan }: DeploymentScope): (service: ServiceFacts) => boolean {
  return ({ name }) => !plan.steps.some((step) => step.kind === "door" && step.service === name);
}

export const start: StepAction<"start"> = {
  async run(step, scope, call) {
    const { slot, services, first, mends } = step;
    const { options, progress, signal } = call;
    const { stack, ports, config } = scope;
    if (mends && slot !== servingSlot(scope)) return mendPrevious(step, scope, call);
    if (mends) await createMissing(scope, slot, releaseOf(scope), options);
    const facts = servicesOf(scope, services);
    const healthPaths = Object.fromEntries(
      facts.flatMap((service) => {
        const path = healthPathOf(service, config);
        return path === null ? [] : [[service.name, path]];
      }),
    );
    for (const { name, startBudget } of facts) {
      progress(
        `${name} has ${Math.round(startBudget.timeoutMs / 1_000)} s to become ready (${startBudget.derivation})`,
      );
    }
    const alone = facts.filter(({ name }) => name === first);
    if (first !== undefined && alone.length > 0) {
      progress(`one ${first} starts alone: the others wait until it is ready`);
      await ports.slots.start(stack, slot, [first], { ...options, replicas: 1 });
      await ports.slots.waitReady({ stack, slot, services: alone, healthPaths, replicas: 1 }, options);
    }
    await ports.slots.start(stack, slot, services, options);
    await ports.slots.waitReady({ stack, slot, services: facts, healthPaths, recovers: mends }, options);
    if (mends) await waitDoors(scope, slot, doorMs, signal, "up", facts.filter(keepsDoor(scope)));
  },
};

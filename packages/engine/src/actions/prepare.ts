import { pinnedModel } from "@sluice/core";
import type { StepAction } from "../action.ts";
import { doorId } from "../doors.ts";
import { releaseOf, servicesOf } from "../scope.ts";
import { createSlot } from "./create-slot.ts";
import { reviveDoor } from "./revive-doors.ts";
import { restoreRoute } from "./traffic.ts";

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
  async run({ slot }, { stack, ports }, { options }) {
    await ports.slots.clear(stack, slot, options);
  },
  // What it held does not come back; its networks were kept for a release that does not come either.
  async undo({ slot }, { stack, ports }, { options }) {
    await ports.slots.remove(stack, slot, options);
  },
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
  async run({ service }, scope, { options }) {
    const all = servicesOf(scope);
    const facts = all.find(({ name }) => name === service);
    if (facts) await scope.ports.base.up(pinnedModel(releaseOf(scope)), facts, all, options);
  },
};

export const recreate: StepAction<"recreate"> = {
  async run(step, scope, call) {
    await base.run({ ...step, kind: "base" }, scope, call);
    await scope.ports.base.rereadNames(scope.stack, call.options);
  },
  async undo({ service }, scope, { options }) {
    const { previousRelease, ports } = scope;
    const facts = previousRelease?.bundle.services.find(({ name }) => name === service);
    if (!previousRelease || !facts) return;
    await ports.base.up(pinnedModel(previousRelease), facts, previousRelease.bundle.services, options);
    await ports.base.rereadNames(scope.stack, options);
  },
};

export const create: StepAction<"create"> = {
  run: ({ slot }, scope, { options }) => createSlot(scope, slot, options),
  async undo({ slot }, { stack, ports }, { options }) {
    await ports.slots.remove(stack, slot, options);
  },
};

export const start: StepAction<"start"> = {
  async run({ slot, services, first }, scope, { options, progress }) {
    const { stack, ports, config } = scope;
    const facts = servicesOf(scope, services);
    const healthPaths = Object.fromEntries(
      Object.entries(config.services).flatMap(([name, { health }]) => (health ? [[name, health.path]] : [])),
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
    await ports.slots.waitReady({ stack, slot, services: facts, healthPaths }, options);
  },
};

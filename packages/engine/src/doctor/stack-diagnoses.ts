import { type Diagnosis, liveSlot, type ObservedContainer, type ObservedStack } from "@sluice/core";

/**
 * What is wrong with the containers of a stack.
 *
 * @param isLocked a deployment is under way: what lies beside the slots is its own
 */
export function stackDiagnoses(observed: ObservedStack, isLocked: boolean): readonly Diagnosis[] {
  const leftovers = isLocked ? [] : leftoverDiagnoses(observed);
  return [...liveDiagnoses(observed), ...baseDiagnoses(observed), ...leftovers];
}

/** Containers that users reach. */
function liveDiagnoses(observed: ObservedStack): readonly Diagnosis[] {
  const live = liveSlot(observed);
  if (!live) return [];
  return observed.slots[live.slot].containers.filter(isIll).map((container) => ({
    severity: "error",
    code: "live-ill",
    what: `${container.name} of the version that serves is ${stateOf(container)}`,
    why: "users of it get errors, or its work is not done",
    mend: `docker logs --tail 50 ${container.name}, then sluice rollback`,
  }));
}

function baseDiagnoses({ base }: ObservedStack): readonly Diagnosis[] {
  return Object.values(base)
    .filter(({ state }) => state === "stopped")
    .map(({ service, reason, containers }) => ({
      severity: "error",
      code: "base-stopped",
      what: `base service ${service} does not run: ${reason}`,
      why: "both slots use it",
      mend: `docker start ${containers.map(({ name }) => name).join(" ")}`,
    }));
}

function leftoverDiagnoses({ leftovers }: ObservedStack): readonly Diagnosis[] {
  return leftovers.map(({ code, message }) => ({
    severity: "warn",
    code,
    what: message,
    why: "it holds memory and addresses, and belongs to no deployment any more",
    mend: "the next sluice deploy removes it",
  }));
}

function isIll({ state, health }: ObservedContainer): boolean {
  return state !== "running" || health === "unhealthy";
}

function stateOf({ state, health, exitCode, oomKilled }: ObservedContainer): string {
  if (state === "running") return health;
  if (oomKilled) return `${state} (out of memory)`;
  return state === "exited" || state === "dead" ? `${state} (${exitCode})` : state;
}

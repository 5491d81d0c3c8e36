import { type Diagnosis, isDown, liveSlot, type ObservedContainer, type ObservedStack, stateText } from "@sluice/core";

/**
 * What is wrong with the containers of a stack; what is missing or stopped is told by what `status` finds.
 *
 * @param isLocked somebody is at work: what lies beside the slots is theirs
 */
export function stackDiagnoses(observed: ObservedStack, isLocked: boolean): readonly Diagnosis[] {
  const leftovers = isLocked ? [] : leftoverDiagnoses(observed);
  return [...liveDiagnoses(observed), ...leftovers];
}

/** Containers of the version that serves that run, and not well. What does not run, or is paused, is told beside what is gone. */
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

function leftoverDiagnoses({ leftovers }: ObservedStack): readonly Diagnosis[] {
  return leftovers.map(({ code, message }) => ({
    severity: "warn",
    code,
    what: message,
    ...(code === "leftover-name" ? misnamed : left),
  }));
}

const left = {
  why: "it holds memory and addresses, and belongs to no deployment any more",
  mend: "the next sluice deploy removes it",
} as const;

const misnamed = {
  why: "users come through it, and who looks for it by its name does not find it",
  mend: "the next sluice deploy gives it its name, and users lose nothing",
} as const;

function isIll({ state, health }: ObservedContainer): boolean {
  return !isDown(state) && state !== "paused" && (state !== "running" || health === "unhealthy");
}

function stateOf(container: ObservedContainer): string {
  return container.state === "running" ? container.health : stateText(container);
}

import { type Slot, slots } from "../model/slot.ts";
import type { ObservedStack } from "../model/stack.ts";
import { shareOf } from "./live-slot.ts";
import type { UnfinishedDeployment } from "./recovery.ts";
import type { DeploymentPlan } from "./step.ts";

type Attempt = Pick<UnfinishedDeployment, "deployment" | "plan" | "done">;
type Seen = Pick<ObservedStack, "slots" | "doors">;

/**
 * Why an attempt without an end is over although its record, which is older than what the engine shows, does not say so:
 * something that came after it holds a slot, or has led users away from what it had promoted. Nothing of the stack is its
 * own then, and slots that were its own may serve another release. Ids of deployments sort as they came. Pure.
 *
 * @returns `undefined` where nothing came after it
 */
export function supersededBy({ deployment, plan, done }: Attempt, { slots: seen, doors }: Seen): string | undefined {
  for (const slot of slots) {
    const later = seen[slot].containers.find((container) => (container.deployment ?? "") > deployment);
    if (later)
      return `deployment ${later.deployment} came after it, and slot ${slot} holds its release ${later.release}`;
  }
  const { previous } = plan;
  const promotion = plan.steps.find(({ kind }) => kind === "promote");
  if (previous === null || promotion?.kind !== "promote" || !done.includes(promotion.id)) return undefined;
  const led = promotion.services.flatMap((service) => doors[service]?.routing ?? []);
  const isLedBack = led.length > 0 && led.every((routing) => shareOf(routing, previous) === 100);
  return isLedBack ? `its release was promoted, and users were led back to slot ${previous} since` : undefined;
}

/**
 * Why an attempt must not be undone: only its candidate runs, and users may well reach that, as doors lead them there or do not
 * say where they lead. An undo would leave nothing. What runs beside the slots, and whatever else it has stopped, its undo
 * starts again; and what is new with it was never in the slot of the previous. Pure.
 *
 * @returns `undefined` where nothing keeps it from being undone
 */
export function onlyRunning(attempt: Attempt & Pick<UnfinishedDeployment, "begun">, seen: Seen): string | undefined {
  const { deployment, plan } = attempt;
  const { candidate, previous } = plan;
  if (previous === null || !mayBeReached(plan, seen)) return undefined;
  const services = changedOver(attempt);
  const runIn = (slot: Slot, names: readonly string[]) =>
    seen.slots[slot].containers.filter(({ service, state }) => names.includes(service) && state === "running");
  const isOwn = runIn(candidate, services).some((container) => container.deployment === deployment);
  const [added, stopped] = [addedBy(plan), stoppedBy(attempt)];
  const before = [...services.filter((service) => !added.includes(service)), ...givenUp(plan)];
  const awaited = before.filter((service) => !stopped.includes(service));
  if (!isOwn || awaited.length === 0 || runIn(previous, awaited).length > 0) return undefined;
  return `${services.join(", ")} runs in slot ${candidate} alone: there is nothing in slot ${previous} to go back to`;
}

/** Services whose doors it makes, and that had none: one that was lost is brought back first. */
function addedBy({ steps }: DeploymentPlan): readonly string[] {
  const recovered = steps.flatMap((step) => (step.kind === "recover" ? step.services : []));
  return steps.flatMap((step) =>
    step.kind === "door" && !step.replaces && !recovered.includes(step.service) ? step.service : [],
  );
}

/** What it has stopped in the slot of the previous, and its undo starts again there. */
function stoppedBy({ plan, begun }: Pick<UnfinishedDeployment, "plan" | "begun">): readonly string[] {
  return plan.steps.flatMap((step) => {
    if (!begun.includes(step.id)) return [];
    if (step.kind === "close") return step.leaves ? step.service : [];
    return step.kind === "workers" ? (step.stops ?? []) : [];
  });
}

function mayBeReached({ candidate }: DeploymentPlan, { doors }: Seen): boolean {
  const routings = Object.values(doors).flatMap(({ routing }) => routing ?? []);
  return routings.length === 0 || routings.some((routing) => shareOf(routing, candidate) > 0);
}

/** Services whose users come through another one in the release that is deployed, as where one was renamed. */
function givenUp({ steps }: DeploymentPlan): readonly string[] {
  return steps.flatMap((step) => {
    if (step.kind === "door") return step.frees ?? [];
    return step.kind === "close" && step.heirs ? [step.service] : [];
  });
}

/** Services that users, or else work, change over from slot to slot; workers only as long as that has not begun. */
function changedOver({ plan: { steps }, begun }: Pick<UnfinishedDeployment, "plan" | "begun">): readonly string[] {
  const given = steps.flatMap((step) => (step.kind === "adopt" ? step.services : []));
  const shifted = steps.flatMap((step) => (step.kind === "shift" ? step.services : []));
  if (shifted.length > 0) return [...new Set(shifted)].filter((service) => !given.includes(service));
  return steps.flatMap((step) =>
    step.kind === "workers" && !step.replaces && !begun.includes(step.id) ? step.services : [],
  );
}

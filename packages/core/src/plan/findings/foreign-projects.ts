import type { StateFinding } from "../../model/finding.ts";
import { slots } from "../../model/slot.ts";
import type { ForeignProject, ObservedStack, StackPlace } from "../../model/stack.ts";
import type { DeploymentPlan, PlanStep } from "../steps/step.ts";

/** Where a plan makes containers. A first deployment needs both slots: the next one takes the other. Pure. */
export function placesOf({ steps, previous }: Pick<DeploymentPlan, "steps" | "previous">): ReadonlySet<StackPlace> {
  if (steps.length === 0) return new Set();
  const made = steps.flatMap(slotOf);
  const inSlots = made.length > 0 && previous === null ? slots : made;
  return new Set([
    "base",
    ...inSlots,
    ...(steps.some(({ kind }) => kind === "rehearse") ? (["rehearsal"] as const) : []),
  ]);
}

function slotOf(step: PlanStep) {
  return step.kind === "create" || step.kind === "job" || (step.kind === "start" && step.mends) ? [step.slot] : [];
}

/**
 * Compose projects that others have under names that the stack needs: nothing of them is ever touched, and where one is needed nothing
 * can be made. Errors, as a plan has them. Pure.
 */
export function foreignFindings({ stack, foreign }: Pick<ObservedStack, "stack" | "foreign">): readonly StateFinding[] {
  return foreign.map((found) => ({
    severity: "error",
    code: "foreign-project",
    message: `${needOf(found, stack)} the name of Compose project ${found.project}, in which ${contentOf(found)}`,
    hint: hintOf(found, stack),
  }));
}

function needOf({ place }: ForeignProject, stack: string): string {
  if (place === "rehearsal") return `rehearsals of stack ${stack} need`;
  return `${place === "base" ? place : `slot ${place}`} of stack ${stack} needs`;
}

function contentOf({ containers, networks, owner }: ForeignProject): string {
  const listed = [listOf("container", containers), listOf("network", networks)].filter((text) => text !== "");
  return `${owner === null ? "somebody else" : `stack ${owner}`} has ${listed.join(", ")}`;
}

function listOf(kind: string, names: readonly string[]): string {
  return names.length === 0 ? "" : `${kind}${names.length > 1 ? "s" : ""} ${names.join(" ")}`;
}

function hintOf({ project, containers, networks, isShared, owner }: ForeignProject, stack: string): string {
  const renamed =
    "give this stack another name with --project-name: it begins without data then, in volumes of its own";
  if (owner !== null) return renamed;
  const keeping = `which keeps its volumes (${stack} does not use them)`;
  if (!isShared) return `once nobody needs it: docker compose -p ${project} down, ${keeping}; or ${renamed}`;
  const removals = [
    ...(containers.length > 0 ? [`docker rm -f ${containers.join(" ")}`] : []),
    ...(networks.length > 0 ? [`docker network rm ${networks.join(" ")}`] : []),
  ];
  return `once nobody needs it: ${removals.join(" && ")}, ${keeping}`;
}

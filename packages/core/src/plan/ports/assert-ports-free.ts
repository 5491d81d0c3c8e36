import { SluiceError } from "../../errors/sluice-error.ts";
import { isInSlot } from "../../model/placement.ts";
import type { ServiceFacts } from "../../model/service.ts";
import type { DeploymentPlan, PlanStep, StepKind } from "../steps/step.ts";
import { type PortHolder, type PortTransfer, textOfPort } from "./port-transfers.ts";

/** Steps that take or give ports: from one to the next the gap is as short as it can be. */
const portSteps: ReadonlySet<StepKind> = new Set(["adopt", "door", "close", "base", "recreate", "remove"]);

interface Release {
  readonly tag: string;
  /** All of the release that is to serve. */
  readonly services: readonly ServiceFacts[];
}

/**
 * Whether a plan lets every port change hands: whoever has it gives it up just before the other takes it, so that it is never had
 * by two, and never by nobody for long. Pure.
 *
 * @throws SluiceError RELEASE_REFUSED for one that cannot be ordered so: it takes two releases
 */
export function assertPortsFree(
  { kind, steps }: Pick<DeploymentPlan, "kind" | "steps">,
  transfers: readonly PortTransfer[],
  { tag, services }: Release,
): void {
  for (const { port, giver, taker } of transfers) {
    const why = obstacle(steps, giver, taker, services);
    if (why === undefined) continue;
    const [giving, taking, where] = [textOf(giver), textOf(taker), textOfPort(port)];
    const isStoppable = giver.place === "base" && giver.role !== "data";
    const orStop = isStoppable ? `; or stop the container of ${giver.service} just before you try again` : "";
    throw new SluiceError(
      "RELEASE_REFUSED",
      `port ${where} cannot go from ${giving} to ${taking}, which publishes it in ${tag}: ${why}`,
      {
        hint:
          kind === "rollback"
            ? `deploy a release first in which ${giver.service} does not publish port ${where} any more, then go back to ${tag}${orStop}`
            : `do it in two releases: one in which ${giver.service} does not publish port ${where} any more, then one in which ${taker.service} does${orStop}`,
      },
    );
  }
}

/** Why a port cannot change hands as the plan goes; `undefined` where it can, and where nobody takes it. */
function obstacle(
  steps: readonly PlanStep[],
  giver: PortHolder,
  taker: PortHolder,
  services: readonly ServiceFacts[],
): string | undefined {
  const takes = steps.findIndex((step) => isTaking(step, taker));
  if (takes < 0) return undefined;
  const [giving, taking] = [textOf(giver), textOf(taker)];
  const gives = steps.findIndex((step) => isGiving(step, giver, services));
  if (gives < 0) return `${giving} stays as it is`;
  if (gives > takes || (gives === takes && !isInTurn(steps[takes], giver, taker)))
    return `${taking} is made before ${giving} gives it up`;
  const between = steps.slice(gives + 1, takes).find(({ kind }) => !portSteps.has(kind));
  return between && `nobody would have it between ${giving} and ${taking}, while the plan goes on (${between.id})`;
}

/** Whether who gives a port in a step comes before who takes it in the same one: services are adopted one after the other. */
function isInTurn(step: PlanStep | undefined, giver: PortHolder, taker: PortHolder): boolean {
  if (step?.kind !== "adopt" || giver.service === taker.service) return true;
  const [gives, takes] = [step.services.indexOf(giver.service), step.services.indexOf(taker.service)];
  return gives >= 0 && gives < takes;
}

function isTaking(step: PlanStep, { service, place }: PortHolder): boolean {
  if (step.kind === "adopt") return place === "door" && step.services.includes(service);
  if (step.kind === "door") return place === "door" && step.service === service;
  return (step.kind === "base" || step.kind === "recreate") && place === "base" && step.service === service;
}

function isGiving(step: PlanStep, { service, place }: PortHolder, services: readonly ServiceFacts[]): boolean {
  if (place === "door") {
    if (step.kind === "door") return step.service === service || step.frees?.includes(service) === true;
    return step.kind === "close" && step.service === service;
  }
  // What is in base, and goes into slots, is adopted whole; workers of that stop when all workers change.
  const facts = services.find((one) => one.active && one.name === service && isInSlot(one));
  if (step.kind === "adopt") return facts !== undefined && facts.role !== "worker";
  if (step.kind === "workers") return facts?.role === "worker";
  return (step.kind === "base" || step.kind === "recreate" || step.kind === "remove") && step.service === service;
}

function textOf({ service, place }: PortHolder): string {
  return place === "door" ? `the door of ${service}` : service;
}

import {
  assertDoorsCan,
  type Config,
  type DeploymentPlan,
  type Finding,
  lostOrphans,
  missingCheckedServices,
  type ObservedStack,
  planDeployment,
  portHeirs,
  type ReleaseBundle,
  SluiceError,
} from "@sluice/core";
import { neverLive } from "../record/read-attempts.ts";
import { assertPossible } from "./assert-possible.ts";
import { coldRollback } from "./cold-slot.ts";
import { jobsNotRun, jobsTakenBack } from "./jobs-not-run.ts";
import { placedModel } from "./placed-model.ts";
import { portsMoved, type RollbackFacts, type RollbackScope, type WayBack } from "./rollback-facts.ts";

/**
 * Going back to what is not warm.
 *
 * @param doors as they are, next to what the target wants
 * @throws SluiceError as a deployment that is refused
 */
export async function prepareCold(
  facts: RollbackFacts,
  scope: RollbackScope,
  doors: ObservedStack["doors"],
): Promise<WayBack> {
  const { target, release, left, config, observed, isDataAnew, orphans, held, transfers } = facts;
  const { request, ports, signal, judging, fate } = scope;
  const { services } = target;
  const { model } = release;
  const [first] = [...held, ...lostOrphans(orphans, services, left?.bundle.services ?? [], observed)];
  if (first) throw new SluiceError("PREFLIGHT_FAILED", first.message, { hint: first.hint });
  assertDoorsCan(ports.router, config, services);
  // One that failed before it was live, and is gone to all the same, has left its jobs undone; so has one that
  // data of before it was put back after.
  const wasLive = fate !== "away" && !isDataAnew && !(await neverLive(ports.journal, target.id));
  const { acceptIncompatible } = request;
  const plan = planCold({ ...facts, judging, doors, wasLive, acceptIncompatible });
  const stored = { ...release, bundle: target };
  const planned = {
    stack: request.stack,
    tag: target.tag,
    services,
    config: judging,
    observed,
    orphans,
    transfers,
    stored,
  };
  await assertPossible(plan, { ...planned, model: () => placedModel(facts, scope) }, ports, signal);
  const cold = await coldRollback(target, observed, ports.journal);
  const leftOut = missingCheckedServices(judging, services).map((service) => leftOutFinding(service, target));
  const seen = { model, observed, config: judging };
  const undone = wasLive ? [...jobsNotRun(target, seen, plan), ...jobsTakenBack(target, fate, plan)] : [];
  return { plan, told: [cold, ...undone, ...leftOut] };
}

interface ColdFacts extends RollbackFacts {
  /** What the target is judged by. */
  readonly judging: Config;
  /** Doors next to what the target wants: they may be as the checkout wants them, with other ports or networks. */
  readonly doors: ObservedStack["doors"];
  /** Its jobs ran, and what they did is there. */
  readonly wasLive: boolean;
  readonly acceptIncompatible: boolean | undefined;
}

/** The plan of going back with the gates of a deployment. Pure. */
export function planCold(facts: ColdFacts): DeploymentPlan {
  const { target, left, observed, doors, judging, wasLive, isDataAnew, acceptIncompatible, differing, orphans } = facts;
  return planDeployment(
    {
      tag: target.tag,
      services: target.services,
      config: judging,
      bundleId: target.id,
      imagesOf: null,
      wasLive,
      isDataAnew,
      acceptIncompatible,
      isRollback: true,
      replaced: left?.bundle.services,
      movedPorts: portsMoved(facts, doors),
      heirs: portHeirs(left?.bundle.services ?? [], target.services),
      differing,
      orphans,
      held: facts.inSlots,
      prunable: [],
    },
    { ...observed, doors, base: keptData(observed, target) },
  );
}

/** Data stays as it runs, also where what is checked out has it as the release that is gone back to. Pure. */
export function keptData({ base }: ObservedStack, { services }: ReleaseBundle): ObservedStack["base"] {
  const data = new Set(services.flatMap(({ name, role }) => (role === "data" ? [name] : [])));
  return Object.fromEntries(
    Object.entries(base).map(([name, seen]) => {
      const stays =
        data.has(name) && seen.state === "changed" && seen.containers.every(({ state }) => state === "running");
      return [name, stays ? { ...seen, state: "current" } : seen];
    }),
  );
}

/** That something is not checked which the checkout has checks of. Pure. */
export function leftOutFinding(service: string, { tag }: ReleaseBundle): Finding {
  const message = `checks of ${service} are left out: ${tag} has no such service`;
  const hint = `to go by the checks of ${tag}, check it out and run sluice rollback there`;
  return { severity: "warn", code: "check-left-out", message, hint };
}

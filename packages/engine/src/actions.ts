import type { PlanStep, StepKind } from "@sluice/core";
import type { StepAction } from "./action.ts";
import { approval } from "./actions/approval.ts";
import { backup } from "./actions/backup.ts";
import { build } from "./actions/build.ts";
import { adopt, close, door, previewDoor, promote } from "./actions/doors.ts";
import { job } from "./actions/job.ts";
import { base, clear, create, networks, recover, recreate, remove, start } from "./actions/prepare.ts";
import { rehearse } from "./actions/rehearse.ts";
import { restart } from "./actions/restart.ts";
import { retire } from "./actions/retire.ts";
import { bake, drain, shift } from "./actions/traffic.ts";
import { verify } from "./actions/verify.ts";
import { prune, workers } from "./actions/workers.ts";

const actions: { readonly [Kind in StepKind]: StepAction<Kind> } = {
  recover,
  build,
  backup,
  rehearse,
  clear,
  networks,
  base,
  restart,
  create,
  job,
  start,
  door,
  "preview-door": previewDoor,
  verify,
  adopt,
  approval,
  shift,
  workers,
  drain,
  bake,
  promote,
  retire,
  close,
  recreate,
  remove,
  prune,
};

/** The action of a step, typed for it. */
export function actionOf(step: PlanStep): StepAction<StepKind> {
  // The map pairs each kind with its own action; TypeScript cannot follow that through a union.
  return actions[step.kind] as unknown as StepAction<StepKind>;
}

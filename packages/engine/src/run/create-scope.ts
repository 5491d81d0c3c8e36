import type { GivenOrder } from "../control/control-state.ts";
import { createControl } from "../control/take-orders.ts";
import { Observations } from "../record/observations.ts";
import type { DeploymentScope, EnginePorts, StackFacts } from "../scope.ts";
import type { RunState } from "./run-state.ts";

/** What is deployed, by which plan. */
type Deployed = Pick<
  DeploymentScope,
  "deployment" | "tag" | "plan" | "source" | "release" | "changedServices" | "previousRelease" | "project" | "ranBefore"
>;

/** What there is already when it begins: doors that were seen, and what an earlier run of it left. */
type Begun = Partial<Pick<DeploymentScope, "isResumed" | "keep" | "doorIds" | "recorded">> & {
  readonly orders?: readonly GivenOrder[];
  readonly run?: Partial<RunState>;
};

/** The scope of one run of a deployment, in which nothing was done yet. */
export function createScope(
  { stack, homeId, config, previewSecret }: StackFacts,
  ports: EnginePorts,
  { orders, run, ...known }: Deployed & Begun,
): DeploymentScope {
  return {
    stack,
    homeId,
    config,
    previewSecret,
    ports,
    control: createControl(ports, known.deployment, orders),
    observations: new Observations(),
    doorIds: new Map(),
    previewIds: new Map(),
    recorded: new Map(),
    workerRestarts: new Map(),
    ...known,
    run: { trafficMoved: false, ...run },
  };
}

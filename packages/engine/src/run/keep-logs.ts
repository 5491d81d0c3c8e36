import {
  isSluiceError,
  type LogOrigin,
  type ObservedContainer,
  type Outcome,
  type OutputLine,
  type PlanStep,
} from "@sluice/core";
import { createDeadline, settle } from "../deadline.ts";
import { describe } from "../report.ts";
import { type DeploymentScope, emit, servingSlot } from "../scope.ts";

/** For all containers together: what is kept is to be known later, and the undo is due now. */
const keepMs = 10_000;
const clearMs = 5_000;

/** Keeps what a build or a job writes, as it comes: its container is gone when it has ended, and a killed run keeps no more than that. */
export function noteOutput(scope: DeploymentScope, step: PlanStep, line: OutputLine): void {
  const origin = originOf(step, line);
  if (!origin || scope.logsLost) return;
  try {
    scope.ports.logs.note(scope.deployment, origin, line);
  } catch (error) {
    tellNotKept(scope, error);
  }
}

function originOf(step: PlanStep, { source }: OutputLine): LogOrigin | null {
  if (step.kind === "build") return { container: "build", service: "build", place: "build" };
  // Compose speaks meanwhile, as the candidate's containers are created.
  if (step.kind !== "job" || source !== step.service) return null;
  return { container: step.service, service: step.service, place: step.slot };
}

/**
 * Keeps the whole logs of what was tried, before anything of it is removed; what does not run, or is not healthy, first. A second time
 * puts the same in the place of the first. That something cannot be kept is told, and keeps nothing from being undone.
 */
export async function keepLogs(scope: DeploymentScope, containers: readonly TriedContainer[]): Promise<void> {
  const { clock, logs } = scope.ports;
  using deadline = createDeadline(clock, keepMs);
  let failure: unknown;
  // What was never started has written nothing.
  const begun = containers.filter(({ startedAt }) => startedAt !== "");
  const failedFirst = begun.toSorted((one, other) => Number(isWell(one)) - Number(isWell(other)));
  for (const { id, name: container, service, place } of failedFirst) {
    const keeping = logs.keep(scope.deployment, { id, container, service, place }, deadline.signal);
    await settle(clock, deadline.signal, keeping).catch((error: unknown) => {
      failure ??= error;
    });
    if (!deadline.signal.aborted) continue;
    failure ??= deadline.signal.reason;
    break;
  }
  if (failure !== undefined) tellNotKept(scope, failure);
}

function isWell({ state, health }: ObservedContainer): boolean {
  return state === "running" && health !== "unhealthy";
}

export interface TriedContainer extends ObservedContainer {
  readonly place: LogOrigin["place"];
}

/**
 * Containers of the release that was tried, as far as the engine tells: those in its slot, those that it has in the place of the version
 * before, and those of the service in base at which it ended.
 *
 * @param begun its steps that began, in order
 */
export async function triedContainers(
  scope: DeploymentScope,
  begun: readonly PlanStep[],
): Promise<readonly TriedContainer[]> {
  const { ports, stack, plan, release, project } = scope;
  using deadline = createDeadline(ports.clock, keepMs);
  const { signal } = deadline;
  const inSlot = async () => {
    if (!plan.steps.some(({ kind }) => kind === "create" || kind === "start" || kind === "workers")) return [];
    const slot = servingSlot(scope);
    const found = await settle(ports.clock, signal, ports.observer.slotContainers(stack, slot, signal));
    // Until the slot is made anew, what is in it is of an earlier release.
    const tried = found.filter((container) => container.release === release?.bundle.id);
    return tried.map((container) => ({ ...container, place: slot }));
  };
  const inBase = async () => {
    const isTried = (step: PlanStep) => step.kind === "recreate" || (step.kind === "base" && step === begun.at(-1));
    const services = begun.flatMap((step) => (isTried(step) && "service" in step ? step.service : []));
    if (services.length === 0) return [];
    const { base } = await settle(ports.clock, signal, ports.observer.observe(project, signal));
    const found = services.flatMap((service) => base[service ?? ""]?.containers ?? []);
    return found.map((container) => ({ ...container, place: "base" as const }));
  };
  return [...(await inSlot().catch(() => [])), ...(await inBase().catch(() => []))];
}

/**
 * What went well keeps nothing; else only the newest deployments keep something. Resolves with the services that this one has kept logs
 * of. Comes before the end is on record: a run that dies in between does it again.
 */
export async function clearLogs(scope: DeploymentScope, outcome: Outcome): Promise<readonly string[]> {
  const { clock, logs } = scope.ports;
  using deadline = createDeadline(clock, clearMs);
  const clear = async () => {
    if (outcome === "live" || outcome === "nothing-to-do") await logs.discard(scope.deployment);
    await logs.prune(scope.config.releases.keep);
    return logs.services(scope.deployment);
  };
  try {
    return await settle(clock, deadline.signal, clear());
  } catch (error) {
    tellNotKept(scope, error);
    return [];
  }
}

/** Once: a full disk says it of each line. */
function tellNotKept(scope: DeploymentScope, error: unknown): void {
  if (scope.logsLost) return;
  scope.logsLost = true;
  emit(scope, {
    type: "finding",
    finding: {
      severity: "warn",
      code: "logs-not-kept",
      message: `logs of deployment ${scope.deployment} cannot be kept: ${describe(error).message}`,
      hint: "what was shown of them is all there is; the state home needs room, and the engine an answer",
    },
  });
}

/** What containers wrote says most of why they failed, and theirs are gone by the time somebody asks the engine. */
const failsAtContainers: ReadonlySet<string> = new Set(["START_FAILED", "NOT_READY"]);
const failsByOutput: ReadonlySet<string> = new Set(["BUILD_FAILED", "JOB_FAILED", "MIGRATION_FAILED"]);

/** The command that reads all of it, where that is what helps with an error; else the hint that it has. */
export function logsHint({ deployment }: Pick<DeploymentScope, "deployment">, error: unknown): string | undefined {
  if (!isSluiceError(error)) return undefined;
  const read = `sluice logs --deployment ${deployment} shows all that it wrote`;
  if (failsAtContainers.has(error.code)) return read;
  return error.hint ?? (failsByOutput.has(error.code) ? read : undefined);
}

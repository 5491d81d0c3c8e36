import {
  createDeadline,
  isSluiceError,
  type LogOrigin,
  type ObservedContainer,
  type Outcome,
  type OutputLine,
  type PlanStep,
} from "@sluice/core";
import { settle } from "../deadline.ts";
import { describe } from "../report.ts";
import { type DeploymentScope, emit, servingSlot } from "../scope.ts";

const clearMs = 5_000;

/** Keeps what a build or a job writes, as it comes: its container is gone when it has ended, and a killed run keeps no more than that. */
export function noteOutput(scope: DeploymentScope, step: PlanStep, line: OutputLine): void {
  const origin = originOf(step, line);
  if (!origin || scope.run.logsLost) return;
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

export interface KeepOptions {
  /** What is not kept by then is not kept; see `keepBudgetMs`. */
  readonly signal: AbortSignal;
  /** Leave what is kept already: an undo that died may have put back something else of the same name. Default: no. */
  readonly onlyMissing?: boolean | undefined;
}

/**
 * Keeps the whole logs of what was tried, before anything of it is removed; what does not run, or is not healthy, first. That something
 * cannot be kept is told, and keeps nothing from being undone.
 */
export async function keepLogs(
  scope: DeploymentScope,
  containers: readonly TriedContainer[],
  { signal, onlyMissing = false }: KeepOptions,
): Promise<void> {
  const { clock, logs } = scope.ports;
  let failure: unknown;
  // What was never started has written nothing.
  const begun = containers.filter(({ startedAt }) => startedAt !== "");
  const failedFirst = begun.toSorted((one, other) => Number(isWell(one)) - Number(isWell(other)));
  for (const { id, name: container, service, place } of failedFirst) {
    const origin = { container, service, place };
    if (onlyMissing && (await logs.has(scope.deployment, origin).catch(() => false))) continue;
    if (signal.aborted) {
      failure ??= signal.reason;
      break;
    }
    try {
      await settle(clock, signal, logs.keep(scope.deployment, { id, ...origin }, signal), () => graceMs);
    } catch (error) {
      failure ??= error;
      // Where there is no room for one, there is none for the next.
      if (!isSluiceError(error) || error.code === "DISK_FULL") break;
    }
  }
  if (failure === undefined && signal.aborted && failedFirst.length > 0) failure = signal.reason;
  if (failure !== undefined) tellNotKept(scope, failure);
}

/** What is read within the time is put in its place. */
const graceMs = 500;

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
  signal: AbortSignal,
): Promise<readonly TriedContainer[]> {
  const { ports, stack, plan, release, project } = scope;
  const inSlot = async () => {
    if (!plan.steps.some(({ kind }) => kind === "create" || kind === "start" || kind === "workers")) return [];
    const slot = servingSlot(scope);
    const found = await settle(ports.clock, signal, ports.observer.slotContainers(stack, slot, signal), () => graceMs);
    // Until the slot is made anew, what is in it is of an earlier release.
    const tried = found.filter((container) => container.release === release?.bundle.id);
    return tried.map((container) => ({ ...container, place: slot }));
  };
  const inBase = async () => {
    const isTried = (step: PlanStep) => step.kind === "recreate" || (step.kind === "base" && step === begun.at(-1));
    const steps = begun.filter(isTried);
    if (steps.length === 0) return [];
    const { base } = await settle(ports.clock, signal, ports.observer.observe(project, signal), () => graceMs);
    const found = steps.flatMap((step) => {
      const containers = "service" in step ? base[step.service ?? ""]?.containers : undefined;
      return (containers ?? []).filter((container) => isOfTried(scope, step, container));
    });
    return found.map((container) => ({ ...container, place: "base" as const }));
  };
  const found = await Promise.all([inSlot(), inBase()].map((look) => look.catch(() => [])));
  return found.flat();
}

/** Under one name there is the version before until it is replaced, and again once that is undone. */
function isOfTried({ release }: DeploymentScope, step: PlanStep, { id, service, imageId }: ObservedContainer): boolean {
  if (step.kind !== "recreate") return true;
  const image = release?.bundle.images[service];
  return !step.replaces?.includes(id) && (image === undefined || imageId === image);
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
  if (scope.run.logsLost) return;
  scope.run.logsLost = true;
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

import {
  type Check,
  type ComposeModel,
  type Config,
  closingChecks,
  type DeploymentPlan,
  doorImage,
  type EngineFacts,
  type ErrorCode,
  type Finding,
  foreignFindings,
  formatPosition,
  isInSlot,
  lostToProfiles,
  mayRemove,
  noActiveService,
  type ObservedStack,
  type ObstaclesRequest,
  type Orphan,
  otherMajorFindings,
  type PlanStep,
  type ResolvedProject,
  type ServiceFacts,
  SluiceError,
  type StackPlace,
} from "@sluice/core";
import type { DeployRequest } from "../requests.ts";
import { type EnginePorts, emit, type StackFacts } from "../scope.ts";
import { missingDoorImage } from "./door-image.ts";
import type { ServingBefore } from "./serving-before.ts";

/**
 * All that must be right before anything is changed: the engine, the disk, the project. Warnings become events.
 *
 * @returns what it found, none of it an error
 * @throws SluiceError PREFLIGHT_FAILED or SERVICE_REFUSED with every reason in the detail
 */
export async function assertReady(
  { project, config }: StackFacts & { readonly project: ResolvedProject },
  ports: EnginePorts,
  signal?: AbortSignal,
): Promise<readonly Finding[]> {
  const engine = await ports.observer.engine(signal);
  const ofProject = [...project.findings, ...noActiveService(project.services)];
  const findings = [...engine.findings, ...ofProject, ...diskFindings(engine, config.preflight.minFreeDisk)];
  for (const finding of findings) emit({ ports }, { type: "finding", finding });
  throwErrors(findings, (first) => (first.service ? "SERVICE_REFUSED" : "PREFLIGHT_FAILED"));
  return findings;
}

/**
 * Nothing that serves ends for want of a profile, unless that is agreed to. What there is of it is told.
 *
 * @returns what is agreed to, as warnings
 * @throws SluiceError PREFLIGHT_FAILED with every such service in the detail
 */
export function assertNoneLost(
  { project, acceptDropped }: Pick<DeployRequest, "project" | "acceptDropped">,
  { live, previousRelease }: Pick<ServingBefore, "live" | "previousRelease">,
  observed: ObservedStack,
  ports: EnginePorts,
): readonly Finding[] {
  const serving = previousRelease?.bundle.services ?? null;
  const lost = lostToProfiles(project.services, serving, observed, live?.slot ?? null);
  const findings = acceptDropped ? lost.map((finding) => ({ ...finding, severity: "warn" as const })) : lost;
  for (const finding of findings) emit({ ports }, { type: "finding", finding });
  throwErrors(findings);
  return findings;
}

function throwErrors(
  findings: readonly Finding[],
  codeOf: (first: Finding) => ErrorCode = () => "PREFLIGHT_FAILED",
): void {
  const errors = findings.filter(({ severity }) => severity === "error");
  const [first] = errors;
  if (!first) return;
  throw new SluiceError(codeOf(first), first.message, {
    position: first.position,
    hint: first.hint,
    detail: errors.map(describeFinding).join("\n"),
  });
}

/**
 * What doors are made of is on the engine, where the plan makes one or asks checks by it: found out at their step, it would be after
 * builds, backups and migrations.
 *
 * @param seen services of the release, and the doors there are
 * @throws SluiceError PREFLIGHT_FAILED
 */
export async function assertDoorImage(
  { steps }: Pick<DeploymentPlan, "steps">,
  { services, doors }: { readonly services: readonly ServiceFacts[] } & Pick<ObservedStack, "doors">,
  config: Config,
  ports: Pick<EnginePorts, "images">,
  signal?: AbortSignal,
): Promise<void> {
  const isGone = (service: string) => (doors[service]?.containerId ?? null) === null;
  const makesDoor = steps.some(
    (step) =>
      step.kind === "door" || step.kind === "preview-door" || (step.kind === "recover" && step.services.some(isGone)),
  );
  const closes = steps.some((step) => step.kind === "verify" && step.closing);
  if (!makesDoor && !(closes && closingChecks(config, services).some(needsTools))) return;
  const missing = await missingDoorImage(config, ports, signal);
  if (!missing) return;
  const use = makesDoor ? "of doors" : "that checks are asked by";
  throw new SluiceError("PREFLIGHT_FAILED", `image ${missing.image} ${use} is not on the engine`, {
    hint: missing.hint,
  });
}

/**
 * Nothing on the engine and its machine is in the way of what the plan makes. What holds a port is asked of the engine before
 * anything is built: at the start of a door it would be found out after builds, backups and migrations.
 *
 * @throws SluiceError PREFLIGHT_FAILED with every obstacle in the detail
 */
export async function assertNoObstacle(
  { steps }: Pick<DeploymentPlan, "steps">,
  { stack, config, files, model, services, orphans }: ObstacleFacts,
  { observer }: Pick<EnginePorts, "observer">,
  signal?: AbortSignal,
): Promise<void> {
  if (steps.length === 0) return;
  const publishing = steps.flatMap((step) => {
    if (step.kind === "adopt") return step.services;
    return step.kind === "door" || step.kind === "base" || step.kind === "recreate" ? [step.service] : [];
  });
  const staying = orphans
    .filter((orphan) => !mayRemove(orphan))
    .flatMap(({ containers }) => containers.map(({ id }) => id));
  const made = services.filter((service) => isInSlot(service) || steps.some((step) => makes(step, service)));
  const request = { stack, files, model, services: made, publishing, staying, image: doorImage(config) };
  throwErrors(await observer.obstacles(request, signal));
}

/** Where the plan takes a backup, nothing that can be seen beforehand keeps it from that. @throws SluiceError as `BackupTaker.assertReady` */
export async function assertBackupReady(
  { steps }: Pick<DeploymentPlan, "steps">,
  { backups }: Pick<EnginePorts, "backups">,
  signal?: AbortSignal,
): Promise<void> {
  if (steps.some(({ kind }) => kind === "backup")) await backups.assertReady(signal);
}

/**
 * Where the plan makes containers, nobody else has a Compose project of that name. What others have there is never touched.
 *
 * @throws SluiceError PREFLIGHT_FAILED with every such project in the detail
 */
export function assertOwnProjects(places: ReadonlySet<StackPlace>, { stack, foreign }: ObservedStack): void {
  throwErrors(foreignFindings({ stack, foreign: foreign.filter(({ place }) => places.has(place)) }));
}

/** No database is to start on data that it does not read. @throws SluiceError PREFLIGHT_FAILED */
export function assertReadable(
  { steps }: Pick<DeploymentPlan, "steps">,
  observed: ObservedStack,
  services: readonly ServiceFacts[],
): void {
  const made = steps.flatMap((step) => (step.kind === "base" ? [step.service] : []));
  throwErrors(otherMajorFindings(observed, services, new Set(made)));
}

/** A job and a service in base are there without anything of what they use, unless the plan runs or makes them. */
function makes(step: PlanStep, { name }: ServiceFacts): boolean {
  if (step.kind === "adopt") return step.services.includes(name);
  return (step.kind === "job" || step.kind === "base" || step.kind === "recreate") && step.service === name;
}

interface ObstacleFacts extends Pick<StackFacts, "stack" | "config">, Pick<ObstaclesRequest, "files"> {
  /** Of the release, as its services. */
  readonly model: ComposeModel;
  readonly services: readonly ServiceFacts[];
  readonly orphans: readonly Orphan[];
}

/** Whether it takes more than the service's own container, and would end the deployment where it cannot be made. */
function needsTools({ type, onNoData }: Check): boolean {
  return type !== "container" && type !== "command" && onNoData === "fail";
}

/**
 * Doors say who serves. One that runs and says nothing may lead users anywhere: no slot is safe to touch.
 *
 * @throws SluiceError PREFLIGHT_FAILED
 */
export function assertDoorsAnswer({ doors }: ObservedStack): void {
  const silent = Object.values(doors).find(
    ({ state, routing, containerId }) => containerId !== null && routing === null && state !== "stopped",
  );
  if (!silent) return;
  throw new SluiceError("PREFLIGHT_FAILED", `door ${silent.service} runs and does not say where it leads`, {
    hint: `docker restart ${silent.containerId?.slice(0, 12)}; or sluice deploy --replace-doors, which makes it anew`,
  });
}

function diskFindings({ freeDiskBytes }: EngineFacts, minFreeDisk: number): readonly Finding[] {
  if (freeDiskBytes === null || freeDiskBytes >= minFreeDisk) return [];
  return [
    {
      severity: "error",
      code: "disk-low",
      message: `the engine's disk has ${mebibytes(freeDiskBytes)} MiB free, ${mebibytes(minFreeDisk)} MiB are wanted before a build`,
      hint: "free space (sluice prune removes old releases of this stack), or lower preflight.minFreeDisk",
    },
  ];
}

const mebibytes = (bytes: number) => Math.floor(bytes / 1_048_576);

export function describeFinding({ position, message, hint }: Finding): string {
  return `${formatPosition(position)}${message}${hint ? ` (${hint})` : ""}`;
}

import {
  assertPortsFree,
  type ComposeModel,
  type Config,
  type DeploymentPlan,
  type ObservedStack,
  type ObstaclesRequest,
  type Orphan,
  type PortTransfer,
  placesOf,
  type ServiceFacts,
  type StoredRelease,
} from "@sluice/core";
import type { EnginePorts } from "../scope.ts";
import { assertImages } from "./needed-images.ts";
import {
  assertBackupReady,
  assertDoorImage,
  assertNoObstacle,
  assertOwnProjects,
  assertReadable,
} from "./preflight.ts";

/**
 * The release that a plan makes live, and what it meets. A way back has no `files`: they only tell which Compose project might be taken over
 * in place of this stack, and a stack with releases to go back to is not to be left for another.
 */
interface Planned extends Pick<ObstaclesRequest, "stack" | "files"> {
  readonly tag: string;
  readonly services: readonly ServiceFacts[];
  /** With the checks that it is judged by. */
  readonly config: Config;
  readonly observed: ObservedStack;
  readonly orphans: readonly Orphan[];
  readonly transfers: readonly PortTransfer[];
  /** A stored release that comes back, which nothing is built for. Default: what is not there is built. */
  readonly stored?: StoredRelease | undefined;
  /** The model that its services will be made of; asked for once the rest is there. */
  readonly model: () => ComposeModel | Promise<ComposeModel>;
}

/**
 * That nothing which can be seen now is in the way of a plan: later it would be found out after builds, backups and migrations.
 *
 * @throws SluiceError RELEASE_REFUSED, PREFLIGHT_FAILED, IMAGE_MISSING, or as `BackupTaker.assertReady`
 */
export async function assertPossible(
  plan: DeploymentPlan,
  planned: Planned,
  ports: EnginePorts,
  signal?: AbortSignal,
): Promise<void> {
  const { services, config, observed, stored } = planned;
  assertPortsFree(plan, planned.transfers, planned);
  assertOwnProjects(placesOf(plan), observed);
  assertReadable(plan, observed, services);
  if (stored) await assertImages(stored, plan, ports, signal);
  await assertDoorImage(plan, { ...observed, services }, config, ports, signal);
  await assertNoObstacle(plan, { ...planned, model: await planned.model() }, ports, signal);
  await assertBackupReady(plan, ports, signal);
}

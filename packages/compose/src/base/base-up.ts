import {
  type ComposeModel,
  type ContainerExec,
  isPinned,
  type ServiceFacts,
  SluiceError,
  type UpOptions,
} from "@sluice/core";
import type Docker from "dockerode";
import { composeModel } from "../engine/compose-model.ts";
import { composeLabels, inspectAll, listBase } from "../engine/containers.ts";
import type { Engine } from "../engine/engine.ts";
import { unlessStatus } from "../engine/errors.ts";
import { startHooked } from "../hooks/run-hooks.ts";
import { hooksOf } from "../hooks/service-hooks.ts";
import { notedDirectory } from "../model/checkout.ts";
import { unescapeDollars } from "../model/dollars.ts";
import { type InlineFile, inlineFiles } from "../model/inline-files.ts";
import { ensureBaseResources, networkNames, onExistingResources } from "../networks/base-networks.ts";
import { baseEndpoints, connect } from "../networks/connect.ts";
import { listLinks } from "../networks/links.ts";
import { namedNetworks } from "../networks/named-networks.ts";
import { upload } from "../slots/uploads.ts";
import { waitContainer } from "../slots/wait-ready.ts";
import { acceptedHashes, builtImages, isCurrent } from "./base-hashes.ts";
import { hasInlineFiles } from "./has-inline-files.ts";
import { hasProfiles } from "./has-profiles.ts";
import { rereadFiles } from "./reread-files.ts";

/**
 * Creates or re-creates one base service, connects it to its links, starts it and waits until it is ready. A container
 * that is as the model says is not touched but for being started, unless it is to be renewed, has another seccomp profile or content
 * of a secret or config (but for data), or there are more than are wanted. Volumes stay.
 *
 * @throws SluiceError COMPOSE_FAILED, IMAGE_MISSING, START_FAILED, NOT_READY
 */
export async function baseUp(
  engine: Engine,
  exec: ContainerExec,
  { model, service }: { readonly model: ComposeModel; readonly service: ServiceFacts },
  { renews = [], ...options }: UpOptions = {},
): Promise<void> {
  const before = await containersOf(engine, model.name, service.name);
  const filesOf = () => inlineFiles(model, engine.env, [service.name]);
  const isCurrentNow = before.length === service.replicas && (await allCurrent(engine, model, service, before));
  const isOutdated = before.some(({ Id }) => renews.includes(Id));
  const isWhole = () => areWhole(engine, { model, service: service.name }, before, options.signal);
  const isOther = isCurrentNow && service.role !== "data" && !(await isWhole());
  const isReread = async () => isCurrentNow && rereadFiles({ engine, exec }, before, options.signal);
  const isRenewed = isOther || (isOutdated && !(await isReread()));
  if (isRenewed || !isCurrentNow) {
    // What they cannot be made of is told before Compose removes anything.
    filesOf();
    await ensureBaseResources(engine, model, [service.name], options);
    const forced = isRenewed ? ["--force-recreate"] : [];
    const args = ["up", "--no-start", "--no-deps", "--no-build", ...forced, service.name];
    await composeModel(engine, onExistingResources(model, service.name), args, {
      ...options,
      failed: `service ${service.name} cannot be created`,
      source: service.name,
      directory: unescapeDollars(notedDirectory(model) ?? "/"),
    });
  }
  const containers = await containersOf(engine, model.name, service.name);
  if (containers.length === 0 && service.replicas > 0) {
    throw new SluiceError("COMPOSE_FAILED", `service ${service.name}: Compose made no container for it`);
  }
  // Also those of a run that died before it came to this.
  const fresh = containers.filter(({ State }) => State.Status === "created");
  await Promise.all(fresh.map(({ Id }) => upload(engine, Id, filesOf())));
  const links = await listLinks(engine, model.name);
  await Promise.all(containers.map((one) => connect(engine, one, baseEndpoints(one, links, networkNames(model)))));
  const hooks = hooksOf(model.services[service.name] ?? {});
  await startHooked(
    engine,
    containers.map(({ Id, State }) => ({ id: Id, isStarted: State.Running, hooks })),
    options,
  );
  await Promise.all(
    containers.map(({ Id }) => waitContainer(engine, exec, { id: Id, budget: service.startBudget }, options)),
  );
}

/** Whether containers have what their definition does not tell, and no mount shows. */
async function areWhole(
  engine: Engine,
  { model, service }: { readonly model: ComposeModel; readonly service: string },
  containers: readonly Docker.ContainerInspectInfo[],
  signal?: AbortSignal,
): Promise<boolean> {
  if (!containers.every((one) => hasProfiles(one, model, service))) return false;
  const files = knownInlineFiles(model, engine.env, service);
  const found = await Promise.all(containers.map(({ Id }) => hasInlineFiles(engine, Id, files, signal)));
  return found.every((has) => has);
}

/** None where they cannot be told: nothing is replaced for that. */
function knownInlineFiles(model: ComposeModel, env: Engine["env"], service: string): readonly InlineFile[] {
  try {
    return inlineFiles(model, env, [service]);
  } catch {
    return [];
  }
}

async function containersOf(
  engine: Engine,
  project: string,
  service: string,
): Promise<readonly Docker.ContainerInspectInfo[]> {
  const found = await listBase(engine, project);
  const ids = found.filter(({ Labels }) => Labels[composeLabels.service] === service).map(({ Id }) => Id);
  return namedNetworks(engine, await inspectAll(engine, ids));
}

async function allCurrent(
  engine: Engine,
  model: ComposeModel,
  service: ServiceFacts,
  containers: readonly Docker.ContainerInspectInfo[],
): Promise<boolean> {
  const hashes = await acceptedHashes(engine, model, { containers, built: builtImages(containers, [service]) });
  if (!containers.every((container) => isCurrent(container, hashes[service.name]))) return false;
  const image = isPinned(service) ? model.services[service.name]?.image : undefined;
  if (image === undefined) return true;
  const wanted = await engine.call(`image ${image} cannot be looked at`, (docker) =>
    unlessStatus(docker.getImage(image).inspect(), [404], null),
  );
  return wanted !== null && containers.every(({ Image }) => Image === wanted.Id);
}

import { type DoorOptions, type DoorRequest, labels, stackNames } from "@sluice/core";
import type Docker from "dockerode";
import { inspectAll, listContainers } from "../engine/containers.ts";
import { isBeingStopped, startContainer } from "../engine/start.ts";
import { removeContainers } from "../engine/stop.ts";
import { doorFacts } from "../model/door-facts.ts";
import { connect } from "../networks/connect.ts";
import { createDoor, linkEndpoints, nextName, previewName, publicEndpoints } from "./create-door.ts";
import { handOver } from "./hand-over.ts";
import { servingDoor } from "./serving-door.ts";
import { specHash } from "./spec-hash.ts";
import { waitDoor } from "./wait-door.ts";
import type { DoorTools } from "./ways.ts";

/**
 * The door of a service as it is wanted: created, connected and started. One that is right already is only connected to
 * links it lacks; one that is right but stopped gets its files anew and is started; another one is replaced, and so is
 * every one that an earlier deployment made where `renew` is asked for.
 *
 * @throws SluiceError DOOR_FAILED, IMAGE_MISSING
 */
export async function ensureDoor(tools: DoorTools, request: DoorRequest, options: DoorOptions = {}): Promise<string> {
  const { engine } = tools;
  const { stack, service } = request.spec;
  const found = await doorsOf(tools, stack, service);
  const name = stackNames.door(stack, service);
  const right = found.find(
    (container) => isRight(container, request) && !(options.renew && isOlder(container, request)),
  );
  const serving = right ?? servingDoor(stack, service, found);
  // What an attempt left half-made is in the way.
  await removeContainers(
    engine,
    found.filter((container) => container !== serving).map(({ Id }) => Id),
  );
  if (right) {
    await connect(engine, right, await linkEndpoints(engine, request));
    const runs = right.State.Running && !(await isBeingStopped(engine, right));
    if (!runs) await startAgain(tools, right, request, options);
    await rename(tools, right, name);
    return right.Id;
  }
  const made = serving ? nextName(stack, service) : name;
  const id = await handOver(tools, { request, name: made, old: serving }, options);
  if (!serving) return id;
  await removeContainers(engine, [serving.Id]);
  const docker = await engine.docker();
  await docker.getContainer(id).rename({ name });
  return id;
}

/** A way to the candidate while the ports are not free: on the links only, without names, ports and labels of proxies. */
export async function ensurePreview(
  tools: DoorTools,
  request: DoorRequest,
  { signal }: Pick<DoorOptions, "signal"> = {},
): Promise<string> {
  const { engine, exec, readRouting } = tools;
  const { stack, service } = request.spec;
  await removePreview(tools, stack, service);
  const endpoints = await linkEndpoints(engine, request);
  const id = await createDoor(engine, exec, request, { name: previewName(stack, service), kind: "preview", endpoints });
  try {
    const docker = await engine.docker();
    await docker.getContainer(id).start();
    await waitDoor(engine, readRouting, id, signal);
    return id;
  } catch (error) {
    await removeContainers(engine, [id]);
    throw error;
  }
}

export async function removePreview(
  { engine }: Pick<DoorTools, "engine">,
  stack: string,
  service: string,
): Promise<void> {
  const found = await listContainers(engine, [
    `${labels.stack}=${stack}`,
    `${labels.kind}=preview`,
    `${labels.service}=${service}`,
  ]);
  await removeContainers(
    engine,
    found.map(({ Id }) => Id),
  );
}

export async function doorsOf(
  { engine }: Pick<DoorTools, "engine">,
  stack: string,
  service: string,
): Promise<readonly Docker.ContainerInspectInfo[]> {
  const label = [`${labels.stack}=${stack}`, `${labels.kind}=door`, `${labels.service}=${service}`];
  return inspectAll(
    engine,
    (await listContainers(engine, label)).map(({ Id }) => Id),
  );
}

/** Made from what is wanted, and on every ordinary network: one that an attempt left before it took over is not. */
function isRight({ Config, NetworkSettings }: Docker.ContainerInspectInfo, request: DoorRequest): boolean {
  const networks = publicEndpoints(doorFacts(request.model, request.spec.service));
  return (
    Config.Labels[labels.spec] === specHash(request) &&
    networks.every(({ network }) => network in NetworkSettings.Networks)
  );
}

/** Another deployment made it: that a door was made anew is known by its label, also by who goes on after a crash. */
function isOlder({ Config }: Docker.ContainerInspectInfo, { deployment }: DoorRequest): boolean {
  return Config.Labels[labels.deployment] !== deployment;
}

async function startAgain(
  { engine, exec, readRouting }: DoorTools,
  { Id }: Docker.ContainerInspectInfo,
  request: DoorRequest,
  { beforeStart, signal }: DoorOptions,
): Promise<void> {
  await exec.putFiles(Id, request.files, signal);
  await beforeStart?.();
  await engine.call(`door ${request.spec.service} cannot be started`, () => startContainer(engine, Id));
  await waitDoor(engine, readRouting, Id, signal);
}

async function rename({ engine }: DoorTools, { Id, Name }: Docker.ContainerInspectInfo, name: string): Promise<void> {
  if (Name === `/${name}`) return;
  await engine.call(`door ${name} cannot get its name`, (docker) => docker.getContainer(Id).rename({ name }));
}

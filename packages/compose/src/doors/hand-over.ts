import { type ContainerExec, type DoorOptions, type DoorRequest, SluiceError } from "@sluice/core";
import type Docker from "dockerode";
import type { Engine } from "../engine/engine.ts";
import { engineError, unlessStatus } from "../engine/errors.ts";
import { removeContainers } from "../engine/stop.ts";
import { type DoorFacts, doorFacts } from "../model/door-facts.ts";
import { connect } from "../networks/connect.ts";
import { createDoor, linkEndpoints, publicEndpoints } from "./create-door.ts";
import { type ReadRouting, waitDoor } from "./wait-door.ts";

export interface DoorTools {
  readonly engine: Engine;
  readonly exec: Pick<ContainerExec, "putFiles">;
  readonly readRouting: ReadRouting;
}

interface HandOver {
  readonly request: DoorRequest;
  readonly name: string;
  /** The door that serves now. */
  readonly old: Docker.ContainerInspectInfo | undefined;
}

/**
 * Makes a new door and gives it what the old one has, in the way that costs least:
 * - without published ports both run for a moment, and nothing is lost;
 * - with ports the new one starts on its links, where nobody is refused anything, proves that it works, and then the two
 *   change places on the ordinary networks: Docker moves port mappings with them in a fraction of the time of a start;
 * - with ports and labels of a proxy, which would find the new one on networks it cannot reach: stop, then start.
 * The old door takes everything back when the new one fails. Resolves with the id of the new door.
 */
export async function handOver(tools: DoorTools, what: HandOver, options: DoorOptions): Promise<string> {
  const { request, name } = what;
  const facts = doorFacts(request.model, request.spec.service);
  const links = await linkEndpoints(tools.engine, request);
  const ordinary = publicEndpoints(facts);
  const way = wayOf(facts, links.length > 0);
  const endpoints = way === "swap" ? links : [...ordinary, ...links];
  const id = await createDoor(tools.engine, tools.exec, request, { name, kind: "door", endpoints });
  try {
    await ways[way](tools, { ...what, facts, id }, options);
    return id;
  } catch (error) {
    await removeContainers(tools.engine, [id]);
    throw engineError(error, `door ${name} cannot take over`, "DOOR_FAILED");
  }
}

type Way = "overlap" | "swap" | "restart";

function wayOf({ ports, networks, labels, environment }: DoorFacts, hasLinks: boolean): Way {
  if (ports.length === 0 && networks.every(({ ipv4Address }) => ipv4Address === undefined)) return "overlap";
  const isFoundByProxies = Object.keys(labels).length > 0 || Object.keys(environment).length > 0;
  return hasLinks && !isFoundByProxies ? "swap" : "restart";
}

interface Candidate extends HandOver {
  readonly facts: DoorFacts;
  readonly id: string;
}
type Step = (tools: DoorTools, candidate: Candidate, options: DoorOptions) => Promise<void>;

const overlap: Step = async ({ engine, readRouting }, { id, old, request }, { beforeStart, signal }) => {
  const docker = await engine.docker();
  await beforeStart?.();
  await docker.getContainer(id).start();
  await waitDoor(engine, readRouting, id, signal);
  const grace = Math.ceil(request.spec.drainTimeoutMs / 1_000);
  if (old) await unlessStatus(docker.getContainer(old.Id).stop({ t: grace }), [304, 404], null);
};

const restart: Step = async ({ engine, readRouting }, { id, old, request }, { beforeStart, onOutput, signal }) => {
  const docker = await engine.docker();
  await beforeStart?.();
  const begin = engine.clock.monotonicMs();
  if (old) await unlessStatus(docker.getContainer(old.Id).stop({ t: 1 }), [304, 404], null);
  try {
    await docker.getContainer(id).start();
    if (old) onOutput?.(gapLine(request, engine.clock.monotonicMs() - begin));
    await waitDoor(engine, readRouting, id, signal);
  } catch (error) {
    await docker
      .getContainer(id)
      .stop({ t: 1 })
      .catch(() => undefined);
    if (old) await docker.getContainer(old.Id).start();
    throw error;
  }
};

const swap: Step = async ({ engine, readRouting }, { id, old, request, facts }, { beforeStart, onOutput, signal }) => {
  const docker = await engine.docker();
  const ordinary = publicEndpoints(facts);
  await docker.getContainer(id).start();
  await waitDoor(engine, readRouting, id, signal);
  await beforeStart?.();
  const begin = engine.clock.monotonicMs();
  const held = old?.State.Running ? heldEndpoints(old) : [];
  // The last to go is the one that has the port mappings: they would only move to the next.
  for (const { network } of held.toReversed()) await disconnect(docker, network, old?.Id ?? "");
  try {
    await connect(engine, await docker.getContainer(id).inspect(), ordinary);
    if (old) onOutput?.(gapLine(request, engine.clock.monotonicMs() - begin));
    assertPublished(facts, await docker.getContainer(id).inspect());
  } catch (error) {
    for (const { network } of ordinary) await disconnect(docker, network, id);
    if (old) await connect(engine, await docker.getContainer(old.Id).inspect(), held);
    throw error;
  }
};

const ways: Readonly<Record<Way, Step>> = { overlap, restart, swap };

/** Ordinary networks of a door as it is on them, the one with its port mappings first. Links are ours and stay. */
function heldEndpoints({ NetworkSettings, Config }: Docker.ContainerInspectInfo) {
  const service = Config.Labels["dev.sluice.service"] ?? "";
  return Object.entries(NetworkSettings.Networks)
    .filter(([, { Aliases }]) => !(Aliases ?? []).some((alias: string) => alias.startsWith(`door.${service}.`)))
    .map(([network, { Aliases, IPAMConfig }]) => ({
      network,
      aliases: (Aliases ?? []) as readonly string[],
      address: (IPAMConfig as { IPv4Address?: string } | null)?.IPv4Address,
    }))
    .toSorted((a, b) => (a.network < b.network ? -1 : 1));
}

async function disconnect(docker: Docker, network: string, container: string): Promise<void> {
  await unlessStatus(docker.getNetwork(network).disconnect({ Container: container, Force: true }), [403, 404], null);
}

function assertPublished(facts: DoorFacts, { NetworkSettings }: Docker.ContainerInspectInfo): void {
  const missing = facts.ports.find(({ target, protocol }) => !NetworkSettings.Ports[`${target}/${protocol}`]?.length);
  if (missing) throw new SluiceError("DOOR_FAILED", `the engine did not publish port ${missing.published}`);
}

function gapLine({ spec }: DoorRequest, gapMs: number) {
  const text = `published ports of ${spec.service} changed hands in ${Math.round(gapMs)} ms`;
  return { source: `door ${spec.service}`, stream: "stdout", text } as const;
}

import type { DoorOptions, DoorRequest } from "@sluice/core";
import { labels } from "@sluice/core";
import type Docker from "dockerode";
import { rereadNames } from "../base/reread-names.ts";
import { unlessStatus } from "../engine/errors.ts";
import { removeContainers, stopContainer } from "../engine/stop.ts";
import type { DoorFacts } from "../model/door-facts.ts";
import { connect } from "../networks/connect.ts";
import { publicEndpoints } from "./create-door.ts";
import { assertFree, assertPublished } from "./door-ports.ts";
import { quietAt, type ReadUnderWay } from "./quiet-moment.ts";
import { dismissStandIn, isAnswered, placeStandIn, type StandInTools } from "./stand-in.ts";
import { waitDoor } from "./wait-door.ts";

export interface DoorTools extends StandInTools {
  /** Default: nobody tells, and no door that serves is waited for. */
  readonly readUnderWay?: ReadUnderWay | undefined;
}

export interface Candidate {
  readonly request: DoorRequest;
  readonly facts: DoorFacts;
  /** The new door, created. */
  readonly id: string;
  /** The door that serves now. */
  readonly old: Docker.ContainerInspectInfo | undefined;
}

type Step = (tools: DoorTools, candidate: Candidate, options: DoorOptions) => Promise<void>;

const overlap: Step = async (tools, { id, old, request, facts }, { beforeStart, onOutput, signal }) => {
  const { engine, readRouting } = tools;
  const docker = await engine.docker();
  await beforeStart?.();
  await docker.getContainer(id).start();
  await waitDoor(engine, readRouting, id, signal);
  await connect(engine, await docker.getContainer(id).inspect(), publicEndpoints(facts));
  // Else there is no address that goes from here on, and what proxies would read may be for a door that leads nowhere yet.
  if (await isAnswered(tools, request, old?.State.Running === true)) {
    await rereadNames(tools, request.spec.stack, { edges: request.edges, signal, onOutput });
  }
  // Not disconnected first: that would cut what is under way without a word. A refused connection goes to the next address.
  if (old) await stopContainer(engine, old, request.spec.drainTimeoutMs);
};

const restart: Step = async (
  { engine, readRouting },
  { id, old, request, facts },
  { beforeStart, onOutput, signal },
) => {
  const docker = await engine.docker();
  await beforeStart?.();
  await assertFree(engine, facts, { stack: request.spec.stack, old: old?.Id });
  const begin = engine.clock.monotonicMs();
  if (old) await stopContainer(engine, old, 1_000);
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

const swap: Step = async (tools, candidate, options) => {
  const { engine, readRouting } = tools;
  const { id, old, request } = candidate;
  const { signal, onOutput } = options;
  const docker = await engine.docker();
  await docker.getContainer(id).start();
  await waitDoor(engine, readRouting, id, signal);
  if (!(await isAnswered(tools, request, old?.State.Running === true))) {
    await changePlaces(tools, candidate, options);
    return;
  }
  const standIn = await placeStandIn(tools, request, { signal, onOutput });
  // Nobody is at the old address any more: that is not asked again once it is known, and it need not wait for the ports.
  const forget = () => rereadNames(tools, request.spec.stack, { edges: request.edges, signal, onOutput });
  try {
    await changePlaces(tools, candidate, options, forget);
  } catch (error) {
    await removeContainers(engine, [standIn]);
    // By now every nginx knows the stand-in alone.
    await rereadNames(tools, request.spec.stack, { edges: request.edges, onOutput });
    throw error;
  }
  // From here on the new door serves, whatever becomes of the stand-in.
  await dismissStandIn(tools, request, standIn, { signal, onOutput });
};

/**
 * The old door, at a moment with little under way, or whatever `beforeStart` ends, goes; then the new one, which runs, has the ports
 * and the names.
 *
 * @param forget makes proxies ask for names again once the old is gone. Default: none knows it.
 */
async function changePlaces(
  { engine, readRouting, readUnderWay }: DoorTools,
  { id, old, request, facts }: Candidate,
  { beforeStart, onOutput, signal }: DoorOptions,
  forget: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const docker = await engine.docker();
  const serving = old?.State.Running ? old : undefined;
  const { routing, spec } = request;
  // Before anything of others goes: their ports must not be away meanwhile.
  const tools = { clock: engine.clock, readRouting, readUnderWay };
  const cut = serving ? await quietAt(tools, serving.Id, { routing, drainTimeoutMs: spec.drainTimeoutMs, signal }) : 0;
  await beforeStart?.();
  await assertFree(engine, facts, { stack: spec.stack, old: old?.Id });
  const begin = engine.clock.monotonicMs();
  const held = serving ? heldEndpoints(serving) : [];
  // The last to go is the one that has the port mappings: they would only move to the next.
  for (const { network } of held.toReversed()) await disconnect(docker, network, old?.Id ?? "");
  const forgetting = forget();
  try {
    await connect(engine, await docker.getContainer(id).inspect(), publicEndpoints(facts));
    if (old) onOutput?.(gapLine(request, engine.clock.monotonicMs() - begin, cut));
    assertPublished(facts, await docker.getContainer(id).inspect());
  } catch (error) {
    // Only when it is gone are the ports surely free.
    await removeContainers(engine, [id]);
    if (old) await connect(engine, await docker.getContainer(old.Id).inspect(), held);
    throw error;
  } finally {
    await forgetting.catch(() => undefined);
  }
}

export const ways = { overlap, restart, swap } as const satisfies Readonly<Record<string, Step>>;

/** Ordinary networks of a door as it is on them, the one with its port mappings first. Links are ours and stay. */
function heldEndpoints({ NetworkSettings, Config }: Docker.ContainerInspectInfo) {
  const service = Config.Labels[labels.service] ?? "";
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

/** @param cut how much was under way then */
function gapLine({ spec: { service, protocol } }: DoorRequest, gapMs: number, cut = 0) {
  const what = `${protocol === "tcp" ? "connection" : "request"}${cut === 1 ? "" : "s"}`;
  const under = cut > 0 ? `, with ${cut} ${what} under way` : "";
  const text = `published ports of ${service} changed hands in ${Math.round(gapMs)} ms${under}`;
  return { source: `door ${service}`, stream: "stdout", text } as const;
}

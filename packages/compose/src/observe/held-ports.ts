import {
  type ComposeModel,
  type Finding,
  isBehindDoor,
  labels,
  type ObstaclesRequest,
  type PublishedPort,
  type ServiceFacts,
} from "@sluice/core";
import type Docker from "dockerode";
import { collide, type EnginePort, isRunning, portHolder } from "../doors/door-ports.ts";
import { composeLabels } from "../engine/containers.ts";
import { type Engine, withSignal } from "../engine/engine.ts";
import { publishedPorts } from "../model/published-ports.ts";

/** What of a container tells whose a port is. */
export type PortHolder = Pick<Docker.ContainerInfo, "Id" | "Names" | "Labels" | "HostConfig"> & {
  readonly Ports: readonly EnginePort[];
};

/** Sockets of the engine's machine that have one of the ports. */
export type ReadSockets = (ports: readonly PublishedPort[]) => Promise<readonly EnginePort[]>;

interface WantedPort extends PublishedPort {
  readonly service: string;
}

/** A port that somebody else has: a container, or what else runs on the machine. */
interface HeldPort {
  readonly port: WantedPort;
  readonly holder: PortHolder | null;
}

/** As long as it has been seen to take until a port is free whose holder has ended, milliseconds. */
const settleMs = 1_000;

/** Ports that the plan takes and that others have, as errors: found out at the start of a container it would be after all else. */
export async function heldPorts(
  engine: Engine,
  readSockets: ReadSockets,
  request: ObstaclesRequest,
  signal?: AbortSignal,
): Promise<readonly Finding[]> {
  const wanted = wantedPorts(request);
  if (wanted.length === 0) return [];
  const look = async () => {
    const running = await engine.call("containers cannot be listed", (docker) =>
      docker.listContainers(withSignal(signal)),
    );
    const ofContainers = heldByContainers(wanted, running, request);
    const up = await Promise.all(ofContainers.map(({ holder }) => isRunning(engine, holder.Id)));
    const open = unprovenPorts(wanted, running, request);
    const sockets = open.length > 0 ? await readSockets(open) : [];
    return [...ofContainers.filter((_one, index) => up[index]), ...heldByOthers(open, running, sockets)];
  };
  if ((await look()).length === 0) return [];
  // Whoever has just ended may seem to be there still.
  await engine.clock.sleep(settleMs, signal);
  return (await look()).map((held) => heldFinding(held, request));
}

/** Where a range is given for one container in base, the engine takes any port of it that is free. */
export function wantedPorts({
  model,
  services,
  publishing,
}: Pick<ObstaclesRequest, "model" | "services" | "publishing">): readonly WantedPort[] {
  return services
    .filter(({ name }) => publishing.includes(name))
    .flatMap((service) => portsOf(model, service).map((port) => ({ ...port, service: service.name })))
    .filter(({ published }) => published !== 0);
}

function portsOf(model: ComposeModel, service: ServiceFacts): readonly PublishedPort[] {
  const written = model.services[service.name] ?? {};
  const isRange = ({ published = "" }: { readonly published?: string | undefined }) => published.includes("-");
  const ports = isBehindDoor(service) ? written.ports : written.ports?.filter((port) => !isRange(port));
  return publishedPorts({ ...written, ports });
}

/** What is of the stack gives way, or was judged by whoever made the plan, unless it stays. */
export function heldByContainers(
  wanted: readonly WantedPort[],
  running: readonly PortHolder[],
  request: Pick<ObstaclesRequest, "stack" | "staying">,
): readonly (HeldPort & { readonly holder: PortHolder })[] {
  const others = running.filter((one) => !isOwn(one, request) || request.staying.includes(one.Id));
  return wanted.flatMap((port) => {
    const holder = others.find(({ Ports }) => Ports.some((held) => collide(port, held)));
    return holder ? [{ port, holder }] : [];
  });
}

/**
 * Ports that only the machine can tell of: neither does the stack have them, nor another container. None where something of the
 * stack is on the network of the machine: what listens there may be its own.
 */
export function unprovenPorts(
  wanted: readonly WantedPort[],
  running: readonly PortHolder[],
  request: Pick<ObstaclesRequest, "stack">,
): readonly WantedPort[] {
  const own = running.filter((one) => isOwn(one, request));
  if (own.some(({ HostConfig }) => HostConfig.NetworkMode === "host")) return [];
  const isThere = (port: WantedPort) =>
    own.some(({ Ports }) => Ports.some((held) => collide(port, held) && isAsWide(held, port)));
  return wanted.filter((port) => !isThere(port));
}

function isAsWide({ IP = "" }: EnginePort, { hostIp = "" }: PublishedPort): boolean {
  return IP === hostIp || IP === "" || IP === "0.0.0.0" || (IP === "::" && hostIp.includes(":"));
}

/** Where a container has the port, the engine has the socket. */
export function heldByOthers(
  wanted: readonly WantedPort[],
  running: readonly PortHolder[],
  sockets: readonly EnginePort[],
): readonly HeldPort[] {
  const engines = running.flatMap(({ Ports }) => Ports);
  const isEngines = ({ PublicPort, Type, IP }: EnginePort) =>
    engines.some((held) => collide({ published: PublicPort, target: 0, protocol: typeOf(Type), hostIp: IP }, held));
  const strange = sockets.filter((socket) => !isEngines(socket));
  return wanted.flatMap((port) => (strange.some((socket) => collide(port, socket)) ? [{ port, holder: null }] : []));
}

const typeOf = (type: string) => (type === "udp" ? "udp" : "tcp");

function isOwn({ Labels }: PortHolder, { stack }: Pick<ObstaclesRequest, "stack">): boolean {
  return Labels[labels.stack] === stack || Labels[composeLabels.project] === stack;
}

function heldFinding({ port, holder }: HeldPort, request: ObstaclesRequest): Finding {
  const { service, hostIp, published, protocol } = port;
  const where = `${hostIp ? `${hostIp}:` : ""}${published}${protocol === "udp" ? "/udp" : ""}`;
  const common = { severity: "error", code: "port-held", service } as const;
  const begin = `port ${where}, which ${service} publishes, is held by`;
  if (!holder) {
    const hint = `ss -lntup 'sport = :${published}' on the machine of the engine shows by what; stop it, or publish another port`;
    return { ...common, message: `${begin} something on the machine of the engine that is no container's port`, hint };
  }
  const { what, way } = portHolder(holder, request);
  return { ...common, message: `${begin} ${what}`, hint: way };
}

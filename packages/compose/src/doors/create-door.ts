import {
  type ContainerExec,
  type DoorRequest,
  doorIpv6Variable,
  labels,
  type PublishedPort,
  stackNames,
} from "@sluice/core";
import type Docker from "dockerode";
import type { Engine } from "../engine/engine.ts";
import { engineError, statusOf, unlessStatus } from "../engine/errors.ts";
import { type DoorFacts, doorFacts, isFoundByProxies } from "../model/door-facts.ts";
import { connect, type Endpoint } from "../networks/connect.ts";
import { doorEndpoints } from "../networks/ensure-networks.ts";
import { listLinks } from "../networks/links.ts";
import { isOn } from "./addresses.ts";
import { specHash } from "./spec-hash.ts";
import { specParts } from "./spec-parts.ts";

export interface DoorContainer {
  readonly name: string;
  readonly kind: "door" | "preview";
  /** Networks to be on from the beginning; the links come first where others come later. */
  readonly endpoints: readonly Endpoint[];
}

/** Back after a restart of the engine, whatever its service has: users come through it. */
export const doorRestartPolicy = "unless-stopped";

/**
 * Of root's rights, those that a proxy needs: to listen on ports below 1024 where the engine does not leave them open to all, and
 * to run its workers as another user where its image does so. It is the one container that strangers speak to.
 */
const capabilities = ["NET_BIND_SERVICE", "SETGID", "SETUID", "KILL"] as const;

/** The ordinary networks a door is on, in the order in which they must be connected: Docker puts port mappings on the first. */
export function publicEndpoints(facts: DoorFacts): readonly Endpoint[] {
  return facts.networks
    .map(({ name, aliases, ipv4Address }) => ({ network: name, aliases, address: ipv4Address }))
    .toSorted((a, b) => (a.network < b.network ? -1 : 1));
}

export async function linkEndpoints(engine: Engine, { spec, model }: DoorRequest): Promise<readonly Endpoint[]> {
  const links = await listLinks(engine, spec.stack);
  const networks = doorFacts(model, spec.service).networks.map(({ key }) => key);
  // A slot that another release has may be reached over a network that the service is on no more.
  const led = links.filter((link) => networks.includes(link.key) || isOn(link, spec.servers[link.slot]));
  return doorEndpoints(spec.stack, { name: spec.service, networks: led.map(({ key }) => key) }, led);
}

/**
 * Creates a door's container and puts its files into it; it is not started. Engines before API 1.44 take one network
 * at creation, so the others are connected afterwards: on a container that does not run this moves nothing.
 *
 * @throws SluiceError DOOR_FAILED
 */
export async function createDoor(
  engine: Engine,
  { putFiles }: Pick<ContainerExec, "putFiles">,
  request: DoorRequest,
  { name, kind, endpoints }: DoorContainer,
): Promise<string> {
  const facts = doorFacts(request.model, request.spec.service);
  const { volumes = [] } = request;
  const [first, ...others] = endpoints;
  try {
    const docker = await engine.docker();
    for (const volume of volumes) {
      await docker.createVolume({ Name: volume.name, Labels: { [labels.stack]: request.spec.stack } });
    }
    const container = await docker.createContainer({
      name,
      Image: request.image,
      Labels: doorLabels(request, kind, facts),
      ...(kind === "door" ? { Env: await environmentOf(docker, facts) } : {}),
      ...(kind === "door" ? { ExposedPorts: exposed(request, facts) } : {}),
      HostConfig: {
        RestartPolicy: { Name: doorRestartPolicy },
        CapDrop: ["ALL"],
        CapAdd: [...capabilities],
        SecurityOpt: ["no-new-privileges"],
        ...(first ? { NetworkMode: first.network } : {}),
        ...(kind === "door" ? { PortBindings: bindings(facts.ports) } : {}),
        Binds: volumes.map((volume) => `${volume.name}:${volume.path}`),
      },
      ...(first ? { NetworkingConfig: { EndpointsConfig: { [first.network]: endpointConfig(first) } } } : {}),
    });
    await connect(engine, await container.inspect(), others);
    await putFiles(container.id, request.files);
    return container.id;
  } catch (error) {
    const missing = statusOf(error) === 404 && /no such image/i.test(String(error));
    const why = missing ? `image ${request.image} of doors is not on the engine` : `door ${name} cannot be made`;
    throw engineError(error, why, missing ? "IMAGE_MISSING" : "DOOR_FAILED");
  }
}

/** Networks may have IPv6 by the engine's own settings, or be others': the compose file does not say. */
async function environmentOf(docker: Docker, { environment, networks }: DoorFacts): Promise<string[]> {
  const found = await Promise.all(
    networks.map(({ name }) => unlessStatus(docker.getNetwork(name).inspect(), [404], null)),
  );
  const variables = Object.entries(environment).map(([key, value]) => `${key}=${value}`);
  return found.some((network) => network?.EnableIPv6) ? [...variables, `${doorIpv6Variable}=1`] : variables;
}

function endpointConfig({ aliases, address }: Endpoint): Docker.EndpointSettings {
  return { Aliases: [...aliases], ...(address ? { IPAMConfig: { IPv4Address: address } } : {}) };
}

/** A preview carries no labels of proxies: it must not be found by them. */
function doorLabels(request: DoorRequest, kind: DoorContainer["kind"], facts: DoorFacts): Record<string, string> {
  const { spec, deployment } = request;
  return {
    ...(kind === "door" ? facts.labels : {}),
    [labels.stack]: spec.stack,
    [labels.kind]: kind,
    [labels.service]: spec.service,
    [labels.spec]: specHash(request),
    [labels.specParts]: JSON.stringify(specParts(request)),
    [labels.addresses]: JSON.stringify(spec.servers),
    [labels.deployment]: deployment,
  };
}

const portKey = ({ target, protocol }: Pick<PublishedPort, "target" | "protocol">) => `${target}/${protocol}`;

/** A proxy that is told no port takes the one that the container exposes. */
function exposed({ spec }: DoorRequest, facts: DoorFacts): Record<string, object> {
  const listening = spec.listen.map(({ port }) => ({ target: port, protocol: "tcp" }) as const);
  const ports = isFoundByProxies(facts) ? [...facts.ports, ...listening] : facts.ports;
  return Object.fromEntries(ports.map((port) => [portKey(port), {}]));
}

function bindings(ports: readonly PublishedPort[]): Record<string, { HostIp: string; HostPort: string }[]> {
  const found: Record<string, { HostIp: string; HostPort: string }[]> = {};
  for (const port of ports) {
    const binding = { HostIp: port.hostIp ?? "", HostPort: port.published === 0 ? "" : String(port.published) };
    (found[portKey(port)] ??= []).push(binding);
  }
  return found;
}

export const nextName = (stack: string, service: string) => `${stackNames.door(stack, service)}-next`;
export const previewName = (stack: string, service: string) => `${stackNames.door(stack, service)}-preview`;
export const standInName = (stack: string, service: string) => `${stackNames.door(stack, service)}-stand-in`;

import type { ComposeModel, Confidence, Role } from "@sluice/core";
import * as known from "./known-images.ts";
import * as words from "./role-words.ts";
import type { ServiceShape } from "./service-shape.ts";

export interface InferredRole {
  readonly role: Role;
  readonly confidence: Confidence;
  readonly reason: string;
}

/** What the other services say about one. */
export interface Surroundings {
  /** Services that others wait for to complete. */
  readonly completed: ReadonlySet<string>;
  /** Services that a proxy of the project depends on. */
  readonly behindEdge: ReadonlySet<string>;
  /** Services that others address as `http://NAME` or `NAME:PORT`. */
  readonly addressed: ReadonlySet<string>;
}

type Rule = (shape: ServiceShape, around: Surroundings) => InferredRole | false;

const sure = (role: Role, reason: string): InferredRole => ({ role, confidence: "sure", reason });
const likely = (role: Role, reason: string): InferredRole => ({ role, confidence: "likely", reason });
const ask = (role: Role, reason: string): InferredRole => ({ role, confidence: "ask", reason });

/** In this order; the first that says something decides. */
const rules: readonly Rule[] = [
  ({ name }, { completed }) =>
    completed.has(name) && sure("job", "other services wait for it to complete successfully"),
  (shape) => isOneShot(shape) && words.jobName.test(shape.name) && likely("job", `its name says so (${shape.name})`),
  ({ image }) => known.jobImages.has(image) && sure("job", `image ${image} does one thing and ends`),
  ({ image }) => known.toolImages.has(image) && sure("tool", `image ${image} is a tool`),
  ({ image, command, repository }) =>
    (known.dataImages.has(image) || known.dataRepositories.test(repository)) &&
    (words.clientCommand.test(command)
      ? likely("support", `image ${image}, but its command is not the server`)
      : sure("data", `image ${image} keeps data`)),
  ({ image }) =>
    (known.supportImages.has(image) || /-exporter$|^exporter$/.test(image)) && sure("support", `image ${image}`),
  ({ name }) => known.supportName.test(name) && likely("support", `its name says so (${name})`),
  ({ image }) => known.edgeImages.has(image) && sure("edge", `image ${image} is a proxy`),
  ({ name, ports }) =>
    known.edgeNames.has(name.toLowerCase()) &&
    !ports.some((port) => known.dataPorts.has(port)) &&
    likely("edge", `its name says so (${name})`),
  (shape) =>
    isOneShot(shape) &&
    words.jobCommand.test(shape.command) &&
    !words.alsoServes(shape.command) &&
    likely("job", `its command is a migration or set-up (${short(shape.command)})`),
  ({ name, hasPublishedPorts }) =>
    words.toolName.test(name) && !hasPublishedPorts && likely("tool", `its name says so (${name})`),
  ({ command, hasPublishedPorts }) =>
    words.toolCommand.test(command) &&
    !hasPublishedPorts &&
    likely("tool", `its command is for development (${short(command)})`),
  (shape) =>
    !isReachable(shape) &&
    words.workerCommand.test(shape.command) &&
    !words.serverCommand.test(shape.command) &&
    likely("worker", `its command says so (${short(shape.command)})`),
  (shape) => words.workerName.test(shape.name) && workerByName(shape),
  ({ service, name }) =>
    (service.volumes ?? []).some(({ target, read_only }) => read_only !== true && known.dataDirectories.test(target)) &&
    likely("data", `${name} mounts a database's directory`),
  ({ name, image, isProxied }) =>
    known.dataName.test(name) &&
    (image === "" || known.dataName.test(image)) &&
    !isProxied &&
    likely("data", `its name says so (${name})`),
  ({ ports, isProxied }) => {
    const port = ports.find((candidate) => known.dataPorts.has(candidate));
    return (
      port !== undefined && !isProxied && likely("data", `it listens on ${port}, a port of databases, queues and mail`)
    );
  },
  (shape) => isOneShot(shape) && shape.service.restart === "no" && likely("job", "restart: no, and no ports"),
  (shape) => isReachable(shape) && likely("web", reachableBecause(shape)),
  ({ service: { profiles = [] } }) =>
    profiles.length > 0 &&
    profiles.every((profile) => words.toolProfile.test(profile)) &&
    likely("tool", `only in profile ${profiles.join(", ")}`),
  ({ name }, { behindEdge }) =>
    behindEdge.has(name) && ask("web", "the proxy depends on it, but nothing tells its port"),
  ({ service }) =>
    words.httpHealthcheck.test((service.healthcheck?.test ?? []).join(" ")) &&
    ask("web", "its health check asks over HTTP, but it has no port, expose or router label"),
  ({ name }, { addressed }) =>
    addressed.has(name) && ask("web", "other services address it, but nothing tells its port"),
];

export function inferRole(shape: ServiceShape, around: Surroundings): InferredRole {
  for (const rule of rules) {
    const inferred = rule(shape, around);
    if (inferred) return inferred;
  }
  return ask("web", "no port, no router label, and nothing else tells what it does");
}

export function surroundingsOf(model: ComposeModel, shapes: readonly ServiceShape[]): Surroundings {
  const dependencies = shapes.flatMap(({ name, service, image }) =>
    Object.entries(service.depends_on ?? {}).map(([target, { condition }]) => ({
      target,
      condition,
      isEdge: known.edgeImages.has(image) || known.edgeNames.has(name.toLowerCase()),
    })),
  );
  const names = Object.keys(model.services);
  return {
    completed: targets(dependencies.filter(({ condition }) => condition === "service_completed_successfully")),
    behindEdge: targets(dependencies.filter(({ isEdge }) => isEdge)),
    addressed: new Set(names.filter((name) => shapes.some((shape) => shape.name !== name && addresses(shape, name)))),
  };
}

function targets(dependencies: readonly { readonly target: string }[]): ReadonlySet<string> {
  return new Set(dependencies.map(({ target }) => target));
}

function addresses({ service, command }: ServiceShape, name: string): boolean {
  const texts = [...Object.values(service.environment ?? {}), command];
  const quoted = name.replaceAll(/[.]/g, "\\.");
  const pattern = new RegExp(`(?:^|[^\\w.-])(?:https?:\\/\\/${quoted}(?![\\w.-])|${quoted}:\\d+)`);
  return texts.some((text) => text !== null && pattern.test(text));
}

/** Users or other services are meant to reach it: a host port, an exposed port, a router label. */
export function isReachable({ ports, isProxied }: ServiceShape): boolean {
  return ports.length > 0 || isProxied;
}

function reachableBecause({ hasPublishedPorts, ports, isProxied }: ServiceShape): string {
  if (hasPublishedPorts) return `it publishes port ${ports[0]}`;
  return isProxied ? "a proxy is told to send users to it" : `it exposes port ${ports[0]}`;
}

/** Could end and be done. */
function isOneShot(shape: ServiceShape): boolean {
  return !shape.isKeptRunning && !isReachable(shape);
}

/** A worker has no door: one that publishes a port is not moved away from it unasked. */
function workerByName(shape: ServiceShape): InferredRole {
  const reason = `its name says so (${shape.name})`;
  return isReachable(shape) ? ask("worker", `${reason}, but it has a port`) : likely("worker", reason);
}

function short(command: string): string {
  const line = command.replaceAll(/\s+/g, " ").trim();
  return line.length > 60 ? `${line.slice(0, 59)}…` : line;
}

import type { ComposeModel, Confidence, Role } from "@sluice/core";
import { proxyLabels } from "../model/proxy-labels.ts";
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
  /** Services that others address or wait for. */
  readonly needed: ReadonlySet<string>;
}

type Rule = (shape: ServiceShape, around: Surroundings) => InferredRole | false;

const sure = (role: Role, reason: string): InferredRole => ({ role, confidence: "sure", reason });
const likely = (role: Role, reason: string): InferredRole => ({ role, confidence: "likely", reason });
const ask = (role: Role, reason: string): InferredRole => ({ role, confidence: "ask", reason });

/** In this order; the first that says something decides. */
const rules: readonly Rule[] = [
  ({ name }, { completed }) =>
    completed.has(name) && sure("job", "other services wait for it to complete successfully"),
  (shape, { behindEdge }) =>
    isOneShot(shape) &&
    words.jobName.test(shape.name) &&
    !behindEdge.has(shape.name) &&
    likely("job", `its name says so (${shape.name})`),
  ({ image, repository }) =>
    (known.jobImages.has(image) || known.jobRepositories.test(repository)) &&
    sure("job", `image ${image} does one thing and ends`),
  ({ image }) => known.toolImages.has(image) && sure("tool", `image ${image} is a tool`),
  ({ image, command, repository }) =>
    (known.dataImages.has(image) || known.dataRepositories.test(repository)) &&
    (words.clientCommand.test(command)
      ? likely("support", `image ${image}, but its command is not the server`)
      : sure("data", `image ${image} keeps data`)),
  ({ image, repository }) =>
    (known.supportImages.has(image) || known.supportRepositories.test(repository) || /[-_]exporter$/.test(image)) &&
    sure("support", `image ${image}`),
  ({ name, image }) =>
    (known.supportName.test(name) || (known.exporterName.test(name) && /^$|[-_]exporter/.test(image))) &&
    likely("support", `its name says so (${name})`),
  (shape) =>
    known.edgeImages.has(shape.image) && !isStaticSite(shape) && sure("edge", `image ${shape.image} is a proxy`),
  (shape) =>
    isNamedEdge(shape) &&
    !shape.ports.some((port) => known.dataPorts.has(port)) &&
    likely("edge", `its name says so (${shape.name})`),
  (shape) =>
    isOneShot(shape) &&
    words.jobCommand.test(shape.command) &&
    !words.alsoServes(shape.command) &&
    likely("job", `its command is a migration or set-up (${words.wordIn(shape.command, words.jobCommand)})`),
  (shape, { needed }) =>
    words.toolName.test(shape.name) &&
    isOneShot(shape) &&
    !needed.has(shape.name) &&
    likely("tool", `its name says so (${shape.name})`),
  (shape, { needed }) =>
    words.toolCommand.test(shape.command) &&
    !isReachable(shape) &&
    !needed.has(shape.name) &&
    likely("tool", `its command is for development (${words.wordIn(shape.command, words.toolCommand)})`),
  ({ image }) => known.workerImages.has(image) && likely("worker", `image ${image} starts things by the clock`),
  (shape) =>
    !isReachable(shape) &&
    words.workerCommand.test(shape.command) &&
    !words.serverCommand.test(shape.command) &&
    likely("worker", `its command says so (${words.wordIn(shape.command, words.workerCommand)})`),
  (shape, around) => words.workerName.test(shape.name) && workerByName(shape, around),
  ({ service, name }) =>
    (service.volumes ?? []).some(({ target, read_only }) => read_only !== true && known.dataDirectories.test(target)) &&
    likely("data", `${name} mounts a database's directory`),
  ({ name, image, isProxied }) =>
    known.dataName.test(name) &&
    (image === "" || known.dataName.test(image) || known.dataImageSuffix.test(image)) &&
    !isProxied &&
    likely("data", `its name says so (${name})`),
  ({ image, service, isProxied }) =>
    known.dataImageSuffix.test(image) && !service.build && !isProxied && likely("data", `image ${image} keeps data`),
  ({ ports, isProxied }) =>
    ports.length > 0 &&
    ports.every((port) => known.dataPorts.has(port)) &&
    !isProxied &&
    likely("data", `it listens on ${ports[0]}, a port of databases, queues and mail`),
  (shape) => isOneShot(shape) && shape.service.restart === "no" && likely("job", "restart: no, and no ports"),
  (shape) => isReachable(shape) && likely("web", reachableBecause(shape)),
  ({ name, service: { profiles = [] } }, { needed }) =>
    profiles.length > 0 &&
    profiles.every((profile) => words.toolProfile.test(profile)) &&
    !needed.has(name) &&
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
  const dependencies = shapes.flatMap((shape) =>
    Object.entries(shape.service.depends_on ?? {}).map(([target, { condition }]) => ({
      target,
      condition,
      isEdge: isEdge(shape),
    })),
  );
  const names = Object.keys(model.services);
  const addressed = new Set(
    names.filter((name) => shapes.some((shape) => shape.name !== name && addresses(shape, name))),
  );
  return {
    completed: targets(dependencies.filter(({ condition }) => condition === "service_completed_successfully")),
    behindEdge: targets(dependencies.filter(({ isEdge }) => isEdge)),
    addressed,
    needed: new Set([...addressed, ...targets(dependencies)]),
  };
}

/** Looks like a proxy, whatever else it may be. */
export function isEdge(shape: ServiceShape): boolean {
  return known.edgeImages.has(shape.image) || isNamedEdge(shape);
}

/** `proxy`; or `shop-nginx`, where it publishes a port and stands before something. */
function isNamedEdge({ name, hasPublishedPorts, service: { depends_on = {} } }: ServiceShape): boolean {
  const isBefore = hasPublishedPorts && Object.keys(depends_on).length > 0;
  return known.edgeNames.has(name.toLowerCase()) || (isBefore && known.edgeNameSuffix.test(name.toLowerCase()));
}

function targets(dependencies: readonly { readonly target: string }[]): ReadonlySet<string> {
  return new Set(dependencies.map(({ target }) => target));
}

/** Its environment or command says `http://NAME` or `NAME:PORT`. */
export function addresses({ service, command }: ServiceShape, name: string): boolean {
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

/** Could end and be done. A variable for a proxy is often shared by all services of a file, and tells less than a label. */
function isOneShot({ isKeptRunning, ports, service }: ServiceShape): boolean {
  return !isKeptRunning && ports.length === 0 && Object.keys(proxyLabels(service)).length === 0;
}

/** A web server that is given pages and no configuration: what it serves is the application. */
function isStaticSite({ name, image, service: { volumes = [], configs = [] } }: ServiceShape): boolean {
  const targets = [...volumes, ...configs].map(({ target = "" }) => target);
  return (
    /^(?:nginx|nginx-unprivileged|caddy)$/.test(image) &&
    !known.edgeNames.has(name.toLowerCase()) &&
    targets.some((target) => /^\/(?:usr\/share\/nginx\/html|usr\/share\/caddy|srv)(?:\/|$)/.test(target)) &&
    !targets.some((target) => /^\/etc\/(?:nginx|caddy)(?:\/|$)/.test(target))
  );
}

/** A worker has no door: one that publishes a port, or that a proxy leads to, is not moved away from it unasked. */
function workerByName(shape: ServiceShape, { behindEdge }: Surroundings): InferredRole {
  const reason = `its name says so (${shape.name})`;
  if (behindEdge.has(shape.name)) return ask("worker", `${reason}, but the proxy depends on it`);
  return isReachable(shape) ? ask("worker", `${reason}, but it has a port`) : likely("worker", reason);
}

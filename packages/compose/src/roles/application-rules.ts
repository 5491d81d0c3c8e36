import * as known from "./known-images.ts";
import { isWebPort } from "./known-ports.ts";
import * as words from "./role-words.ts";
import { ask, type InferredRole, likely, type Rule } from "./rule.ts";
import { isReachable, type ServiceShape } from "./service-shape.ts";
import { isForeign, type Surroundings } from "./surroundings.ts";

export const workerImage: Rule = (shape, around) => {
  const { image } = shape;
  if (known.workerImages.has(image)) return likely("worker", `image ${image} starts things by the clock`);
  return (
    known.connectorImage.test(image) &&
    isForeign(shape, around) &&
    ask("worker", `image ${image} moves data between stores`)
  );
};

/** A worker has no door: one with a port is not moved away from it unasked, nor made a web service. */
export const workerByCommand: Rule = (shape) => {
  const { service, command } = shape;
  if (words.serverCommand.test(command)) return false;
  const told = words.workerCommand.test(command)
    ? `its command says so (${words.wordIn(command, words.workerCommand)})`
    : words.workerVariable(service.environment ?? {});
  if (told === undefined) return false;
  return isReachable(shape) ? ask("worker", `${told}, but it has a port`) : likely("worker", told);
};

export const workerByName: Rule = (shape, around) => words.workerName.test(shape.name) && namedWorker(shape, around);

function namedWorker(shape: ServiceShape, around: Surroundings): InferredRole {
  const { name, command } = shape;
  const reason = `its name says so (${name})`;
  if (around.behindEdge.has(name)) return ask("worker", `${reason}, but the proxy depends on it`);
  if (isReachable(shape)) return ask("worker", `${reason}, but it has a port`);
  if (words.storeLikeWorkerName.test(name) && command === "" && isForeign(shape, around))
    return ask("worker", `${reason}, but such a name is given to what keeps data too`);
  return likely("worker", reason);
}

/** The head of a cluster has pages to look at, and keeps in memory what its workers do. */
export const clusterHead: Rule = (shape) =>
  known.clusterImages.has(shape.image) &&
  isReachable(shape) &&
  ask("web", `image ${shape.image} runs a cluster, of which there is one head`);

export const reachable: Rule = (shape) => isReachable(shape) && likely("web", reachableBecause(shape));

function reachableBecause({ hasPublishedPorts, ports, isProxied }: ServiceShape): string {
  if (hasPublishedPorts) return `it publishes port ${ports[0]}`;
  return isProxied ? "a proxy is told to send users to it" : `it exposes port ${ports[0]}`;
}

const behindProxy: Rule = ({ name }, { behindEdge }) =>
  behindEdge.has(name) && ask("web", "the proxy depends on it, but nothing tells its port");

const checkedOverHttp: Rule = ({ service }) =>
  words.httpHealthcheck.test((service.healthcheck?.test ?? []).join(" ")) &&
  ask("web", "its health check asks over HTTP, but it has no port, expose or router label");

const addressed: Rule = ({ name }, around) =>
  around.addressed.has(name) && ask("web", "other services address it, but nothing tells its port");

/** Signs of a web service that tell no port. */
export const portlessWeb: readonly Rule[] = [behindProxy, checkedOverHttp, addressed];

/**
 * Why a web service with a port may be something else that must not be two: it runs what others have made, and nothing
 * says HTTP. That is how unknown databases, queues and proxies look.
 */
export function doubtfulPort(shape: ServiceShape, around: Surroundings): string | undefined {
  const { service, command, ports, isProxied } = shape;
  const isPlain =
    !isForeign(shape, around) ||
    isProxied ||
    ports.some(isWebPort) ||
    words.serverCommand.test(command) ||
    words.httpHealthcheck.test((service.healthcheck?.test ?? []).join(" "));
  return isPlain ? undefined : `port ${ports[0]} is none that web servers usually have`;
}

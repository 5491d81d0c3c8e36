import * as known from "./known-images.ts";
import { dataPorts } from "./known-ports.ts";
import { ask, likely, type Rule, sure } from "./rule.ts";
import type { ServiceShape } from "./service-shape.ts";

const edgeImage: Rule = (shape) =>
  isEdgeImage(shape) && !isStaticSite(shape) && sure("edge", `image ${shape.image} is a proxy`);

const edgeByName: Rule = (shape) =>
  isNamedEdge(shape) &&
  !shape.ports.some((port) => dataPorts.has(port)) &&
  likely("edge", `its name says so (${shape.name})`);

/** `httpd` serves pages, PHP or other services: its configuration tells only that it is not as it came. */
const configuredServer: Rule = (shape) =>
  known.webServers.has(shape.image) &&
  standsBefore(shape) &&
  mountsOf(shape).some((target) => known.serverConfiguration.test(target)) &&
  likely("edge", `image ${shape.image} with a configuration of its own, before other services`);

const builtFromProxy: Rule = (shape) => {
  const directory = contextOf(shape);
  return (
    known.edgeNames.has(directory) && standsBefore(shape) && likely("edge", `it is built from directory ${directory}`)
  );
};

/** A gateway is a proxy or an application; on the ports of the web it stands before everything else. */
const gateway: Rule = ({ name, service: { ports = [] }, isProxied }) =>
  known.gatewayName.test(name) &&
  !isProxied &&
  ports.some(({ published }) => published === "80" || published === "443") &&
  ask("edge", `its name says so (${name}), and it has the port of the web`);

export const edgeRules: readonly Rule[] = [edgeImage, edgeByName, configuredServer, builtFromProxy, gateway];

/** Looks like a proxy, whatever else it may be. */
export function isEdge(shape: ServiceShape): boolean {
  return isEdgeImage(shape) || isNamedEdge(shape);
}

function isEdgeImage({ image, repository }: ServiceShape): boolean {
  return known.edgeImages.has(image) || known.edgeRepositories.test(repository);
}

/** `proxy`; or `shop-nginx`, where it publishes a port and stands before something. */
function isNamedEdge(shape: ServiceShape): boolean {
  const name = shape.name.toLowerCase();
  return known.edgeNames.has(name) || (standsBefore(shape) && known.edgeNameSuffix.test(name));
}

function standsBefore({ hasPublishedPorts, service: { depends_on = {} } }: ServiceShape): boolean {
  return hasPublishedPorts && Object.keys(depends_on).length > 0;
}

/** A web server that is given pages and no configuration: what it serves is the application. */
function isStaticSite(shape: ServiceShape): boolean {
  const targets = mountsOf(shape);
  return (
    /^(?:nginx|nginx-unprivileged|caddy)$/.test(shape.image) &&
    !known.edgeNames.has(shape.name.toLowerCase()) &&
    targets.some((target) => /^\/(?:usr\/share\/nginx\/html|usr\/share\/caddy|srv)(?:\/|$)/.test(target)) &&
    !targets.some((target) => known.serverConfiguration.test(target))
  );
}

function mountsOf({ service: { volumes = [], configs = [] } }: ServiceShape): readonly string[] {
  return [...volumes, ...configs].map(({ target = "" }) => target);
}

/** Last segment of the directory that it is built from; empty when it is not built. */
function contextOf({ service: { build } }: ServiceShape): string {
  const context = build?.["context"];
  return typeof context === "string" ? (/([^/]+)\/*$/.exec(context)?.[1] ?? "").toLowerCase() : "";
}

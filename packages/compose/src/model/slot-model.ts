import {
  type ComposeModel,
  type ComposeNetwork,
  type ComposeService,
  labels,
  type Slot,
  type SlotRequest,
  SluiceError,
  slotServices,
  stackNames,
} from "@sluice/core";
import type { ComposeSpecification } from "docker-compose";
import { hookLabels } from "../hooks/service-hooks.ts";
import { bridgeOptions, privateIpv6 } from "./bridge-options.ts";
import { escapeDollars } from "./dollars.ts";
import { sharedKeys } from "./endpoint-settings.ts";
import { slotConfigFiles, slotMounts, slotSecurity, volumeKeys } from "./mounts.ts";
import { jobServices, joinedExternals, networkKeys } from "./networks.ts";
import { doorVariables, isProxyLabel, labelPrefixes } from "./proxy-labels.ts";
import { serviceLinks } from "./service-links.ts";

/** Slots, and the throw-away one. */
export type PlaceRequest = Omit<SlotRequest, "slot"> & { readonly slot: Slot | "rehearsal" };

export interface SlotModelOptions {
  /** CIDR by key of the network in the compose file; see `slotNetworks`. */
  readonly subnets: Readonly<Record<string, string>>;
}

/**
 * The Compose project of one slot: the web, worker and job services of the request, pinned to its images and to its copies of
 * mounted files, on networks of the slot's own, on the project's one set of volumes.
 *
 * @throws SluiceError SUBNET_EXHAUSTED when a network has no subnet, IMAGE_MISSING when the release has no image
 */
export function slotModel(request: PlaceRequest, options: SlotModelOptions): ComposeModel {
  const services = slotServices(request.services).map(({ name }) => [name, slotService(request, name)] as const);
  const jobs = jobServices(request.services).map(({ name }) => [name, jobService(request, name)] as const);
  return assembled(request, options, Object.fromEntries([...services, ...jobs]));
}

/** A job service as a one-off container: never restarted, and one of it. */
export function jobService(request: PlaceRequest, name: string): ComposeService {
  const once = onceOnly(slotService(request, name, "job"));
  const { environment, command } = request.jobs?.[name] ?? {};
  return {
    ...once,
    ...(environment ? { environment: { ...once.environment, ...environment } } : {}),
    ...(command ? { command: command.map(escapeDollars) } : {}),
  };
}

/** One container that is not started again: of what Compose deploys it by, the resources that it may have are left. */
export function onceOnly({ deploy, scale: _scale, ...service }: ComposeService): ComposeService {
  const resources = deploy?.["resources"];
  return { ...service, ...(resources === undefined ? {} : { deploy: { resources } }), restart: "no" };
}

/** Everything of a slot's project around its services: only what they use, and volumes only by reference. */
export function assembled(
  request: PlaceRequest,
  { subnets }: SlotModelOptions,
  services: Readonly<Record<string, ComposeService>>,
): ComposeModel {
  const { stack, slot, release } = request;
  const { model } = release;
  const used = Object.values(services);
  const networks = unique(used.flatMap(networkKeys)).map(
    (key) => [key, slotNetwork(request, key, subnets[key])] as const,
  );
  const volumes = unique(used.flatMap(volumeKeys)).map((key) => {
    const name = model.volumes?.[key]?.name ?? `${model.name}_${key}`;
    return [key, { name, external: true }] as const;
  });
  return {
    name: stackNames.slotProject(stack, slot),
    services,
    networks: Object.fromEntries(networks),
    volumes: Object.fromEntries(volumes),
    ...usedModels(model, used),
    ...slotConfigFiles(release, used),
  };
}

/** AI models (`models:`), which services use by key. */
function usedModels(model: ComposeModel, services: readonly ComposeService[]): { readonly models?: object } {
  const used = new Set(services.flatMap((service) => Object.keys(service["models"] ?? {})));
  const kept = Object.entries(model["models"] ?? {}).filter(([key]) => used.has(key));
  return kept.length > 0 ? { models: Object.fromEntries(kept) } : {};
}

/** Compose's own keys of a service, so that a mistyped one is found by the compiler. */
type Service = NonNullable<ComposeSpecification["services"]>[string];
type ServiceKey = keyof { [Key in keyof Service as string extends Key ? never : Key]: true };

/** What a service must not bring into a slot: it belongs to the door, to base, or can exist only once. */
const droppedKeys = [
  "build",
  "container_name",
  "depends_on",
  "develop",
  "domainname",
  "external_links",
  "hostname",
  "links",
  "mac_address",
  "ports",
  "profiles",
  "volumes_from",
] as const satisfies readonly ServiceKey[];
const dropped: ReadonlySet<string> = new Set(droppedKeys);

/** What only one container can have, and a job has as the file says: there is one of it, in networks where nothing else has that. */
const ownKeys: ReadonlySet<string> = new Set<ServiceKey>(["hostname", "domainname", "mac_address"]);

export function slotService(
  request: PlaceRequest,
  name: string,
  kind: "slot" | "job" | "rehearsal" = "slot",
): ComposeService {
  const { release } = request;
  const written = release.model.services[name];
  if (!written) throw new SluiceError("BUNDLE_INVALID", `release ${release.bundle.tag} has no service ${name}`);
  const isKept = (key: string) => !dropped.has(key) || (kind === "job" && ownKeys.has(key));
  const kept = Object.fromEntries(Object.entries(written).filter(([key]) => isKept(key)));
  const { networks: _networks, ...rest } = kept;
  const prefixes = labelPrefixes(release.model);
  const ofDoor = new Set(doorVariables(written));
  const mounts = written.volumes ? { volumes: slotMounts(release, written.volumes) } : {};
  return {
    ...rest,
    ...mounts,
    ...(written.security_opt ? { security_opt: slotSecurity(release, written.security_opt) } : {}),
    ...(written.environment ? { environment: without(written.environment, (key) => ofDoor.has(key)) } : {}),
    ...(written.network_mode ? {} : { networks: slotEndpoints(written, givenElsewhere(request, name, kind)) }),
    ...(kind === "slot" ? { ...slotDependencies(request, written), ...slotLinks(request, written) } : {}),
    image: pinnedImage(request, name),
    pull_policy: "never",
    labels: {
      ...without(written.labels ?? {}, (label) => isProxyLabel(label, prefixes)),
      [labels.stack]: request.stack,
      [labels.slot]: request.slot,
      [labels.release]: release.bundle.id,
      [labels.deployment]: request.deployment,
      [labels.kind]: kind,
      [labels.service]: name,
      ...(kind === "slot" ? { [labels.joined]: escapeDollars(JSON.stringify(joinedBy(request, name))) } : {}),
      ...(kind === "slot" ? hookLabels(written) : {}),
    },
  };
}

/** Noted on the container: a later Sluice may join others, and those are none that this one has lost. */
function joinedBy({ release: { model, bundle } }: PlaceRequest, name: string): readonly string[] {
  return joinedExternals(model, bundle.services, name).map((network) => network.name);
}

/** Only among services of the slot: Compose notes them on the containers, and the order of the start is read from there. */
function slotDependencies(
  { services }: PlaceRequest,
  { depends_on }: ComposeService,
): Pick<ComposeService, "depends_on"> {
  const inSlot = new Set(slotServices(services).map(({ name }) => name));
  const kept = Object.entries(depends_on ?? {}).filter(([name]) => inSlot.has(name));
  return kept.length > 0 ? { depends_on: Object.fromEntries(kept) } : {};
}

/** To services of the slot; what it calls in base by a name of its own, its endpoints on the slot's links know. */
function slotLinks({ services }: PlaceRequest, written: ComposeService): { readonly links?: readonly string[] } {
  const inSlot = new Set(slotServices(services).map(({ name }) => name));
  const kept = serviceLinks(written).filter(({ service }) => inSlot.has(service));
  return kept.length > 0 ? { links: kept.map(({ service, alias }) => `${service}:${alias}`) } : {};
}

/** Names that a service can be called by inside its networks, beside its own. */
export function endpointAliases(service: ComposeService, network: string): readonly string[] {
  const written = service.networks?.[network]?.aliases ?? [];
  return unique([...written, service.container_name, service.hostname].filter((alias) => alias !== undefined));
}

/** Keys of networks whose real one the container is connected to: it is there that it has what it is given. A job leaves the slot's. */
function givenElsewhere({ release }: PlaceRequest, name: string, kind: string): readonly string[] {
  if (kind === "job") return networkKeys(release.model.services[name]);
  return joinedExternals(release.model, release.bundle.services, name).map(({ key }) => key);
}

function slotEndpoints(service: ComposeService, elsewhere: readonly string[]): NonNullable<ComposeService["networks"]> {
  const keptKeys = (key: string): readonly string[] => (elsewhere.includes(key) ? [] : sharedKeys);
  const endpoints = networkKeys(service).map((key) => {
    const aliases = endpointAliases(service, key);
    const written = Object.entries(service.networks?.[key] ?? {}).filter(([name]) => keptKeys(key).includes(name));
    const endpoint = { ...(aliases.length > 0 ? { aliases } : {}), ...Object.fromEntries(written) };
    return [key, Object.keys(endpoint).length > 0 ? endpoint : null] as const;
  });
  return Object.fromEntries(endpoints);
}

/** Labels name no release or deployment: the network outlives them. */
function slotNetwork({ stack, slot, release }: PlaceRequest, key: string, subnet: string | undefined): ComposeNetwork {
  if (subnet === undefined) {
    throw new SluiceError("SUBNET_EXHAUSTED", `network ${key} of slot ${slot} of stack ${stack} has no subnet`);
  }
  const written = release.model.networks?.[key];
  const name = `${stackNames.slotProject(stack, slot)}_${key}`;
  return {
    name,
    ...(written?.internal === true ? { internal: true } : {}),
    ...bridgeOptions(written),
    ipam: { config: [subnet, ...privateIpv6(written, name)].map((one) => ({ subnet: one })) },
    labels: { [labels.stack]: stack, [labels.slot]: slot, [labels.kind]: "network" },
  };
}

/** By id, which names one image for ever; a bundle without the id names it by its tag. */
function pinnedImage({ release: { bundle } }: PlaceRequest, name: string): string {
  const image = bundle.images[name] ?? bundle.imageTags[name];
  if (image !== undefined) return image;
  throw new SluiceError("IMAGE_MISSING", `release ${bundle.tag} has no image for service ${name}`, {
    hint: "build the release again with --retry",
  });
}

function without<T>(values: Readonly<Record<string, T>>, isUnwanted: (name: string) => boolean): Record<string, T> {
  return Object.fromEntries(Object.entries(values).filter(([name]) => !isUnwanted(name)));
}

function unique(values: readonly string[]): readonly string[] {
  return [...new Set(values)].toSorted();
}

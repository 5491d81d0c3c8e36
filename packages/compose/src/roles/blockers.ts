import type { ComposeModel, ComposeService } from "@sluice/core";
import { networkKeys, networkOfEngine } from "../model/networks.ts";
import { carriesDockerSocket, isDockerSocket } from "./service-shape.ts";

export interface Blocker {
  /** After "it cannot be two at once: ". */
  readonly reason: string;
  /** Where in the service it is written. */
  readonly path: readonly (string | number)[];
  /** What else than another strategy helps. Default: to remove it. */
  readonly instead?: string;
}

type Networks = Pick<ComposeModel, "networks">;

/** The first thing by which two copies of a service would get in each other's way, or reach past their slot. */
export function firstBlocker(service: ComposeService, model: Networks): Blocker | undefined {
  for (const find of finders) {
    const blocker = find(service, model);
    if (blocker) return blocker;
  }
  return undefined;
}

type Find = (service: ComposeService, model: Networks) => Blocker | undefined | false;

const finders: readonly Find[] = [
  ({ network_mode }) =>
    network_mode !== undefined &&
    network_mode !== "none" && { reason: `network_mode ${network_mode}`, path: ["network_mode"] },
  ({ privileged }) => privileged === true && { reason: "privileged", path: ["privileged"] },
  ({ devices = [] }) => devices.length > 0 && { reason: "devices of the host", path: ["devices"] },
  ({ deploy, gpus }) => {
    const reserved = reservedDevices(deploy);
    if (reserved) return { reason: "it reserves devices of the host", path: ["deploy", "resources"] };
    return Array.isArray(gpus) && gpus.length > 0 && { reason: "it reserves devices of the host", path: ["gpus"] };
  },
  ({ runtime }) => runtime === "nvidia" && { reason: "runtime nvidia gives it devices of the host", path: ["runtime"] },
  ({ cap_add: capabilities }) => {
    const added = Array.isArray(capabilities) ? capabilities : [];
    const found = added.find((name) => /^(?:CAP_)?(?:NET_ADMIN|ALL)$/i.test(String(name)));
    return found !== undefined && { reason: `capability ${found} to change networks`, path: ["cap_add"] };
  },
  ({ ports = [] }) => {
    const index = ports.findIndex(({ protocol }) => protocol !== undefined && protocol !== "tcp");
    return index >= 0 && { reason: `${ports[index]?.protocol} port ${ports[index]?.target}`, path: ["ports", index] };
  },
  ({ volumes = [] }) => {
    const index = volumes.findIndex(({ source }) => carriesDockerSocket(source));
    const source = volumes[index]?.source;
    const reason = isDockerSocket(source)
      ? "the Docker socket is mounted"
      : `${source} of the host has the Docker socket`;
    return index >= 0 && { reason, path: ["volumes", index] };
  },
  ({ use_api_socket }) =>
    use_api_socket === true && { reason: "use_api_socket gives it the Docker socket", path: ["use_api_socket"] },
  ({ networks = {} }) => {
    const fixed = Object.entries(networks).find(([, network]) => network?.ipv4_address ?? network?.["ipv6_address"]);
    return fixed && { reason: `a fixed address on network ${fixed[0]}`, path: ["networks", fixed[0]] };
  },
  (service, model) => {
    const key = networkKeys(service).find((one) => networkOfEngine(model, one) !== undefined);
    return key !== undefined && { reason: engineNetworkText(model, key), path: ["networks", key] };
  },
  (service, model) => {
    const key = networkKeys(service).find((one) => isWiderThanBridge(model, one));
    if (key === undefined) return undefined;
    return {
      reason: `network ${key} has driver ${model.networks?.[key]?.driver}: a slot has bridges of its own, and is not reached from there`,
      path: ["networks", key],
      instead: `make that network with \`docker network create\` and say external: true of it (both versions then join it)`,
    };
  },
  (service) => {
    const shared = ["pid", "ipc", "uts"].flatMap((key) => {
      const value = service[key];
      return typeof value === "string" && /^(?:host|service:|container:)/.test(value) ? [{ key, value }] : [];
    })[0];
    return shared && { reason: `${shared.key} ${shared.value}`, path: [shared.key] };
  },
  (service) => {
    const key = ["volumes_from", "external_links"].find(
      (name) => Array.isArray(service[name]) && service[name].length > 0,
    );
    return key !== undefined && { reason: key, path: [key] };
  },
];

/** Other services whose network, processes or volumes a service uses as its own. */
export function sharedServices(service: ComposeService): readonly { readonly key: string; readonly other: string }[] {
  const ofKey = ["network_mode", "pid", "ipc"].flatMap((key) => {
    const value = service[key];
    const other = typeof value === "string" ? /^service:(.+)$/.exec(value)?.[1] : undefined;
    return other === undefined ? [] : [{ key, other }];
  });
  const from: readonly unknown[] = Array.isArray(service["volumes_from"]) ? service["volumes_from"] : [];
  const ofVolumes = from
    .filter((text) => typeof text === "string")
    .map((text) => ({ key: "volumes_from", other: text.split(":")[0] ?? "" }));
  return [...ofKey, ...ofVolumes];
}

/** After the name of what cannot have it. */
export function engineNetworkText(model: Networks, key: string): string {
  return `network ${key} is ${networkOfEngine(model, key)} of the engine itself`;
}

/** What is on it may be reached at addresses outside of this host, or from other ones. */
function isWiderThanBridge({ networks }: Networks, key: string): boolean {
  const { external, driver = "bridge" } = networks?.[key] ?? {};
  return external !== true && driver !== "bridge" && driver !== "";
}

/** What one copy reserves may not be there for two. */
function reservedDevices(deploy: ComposeService["deploy"]): boolean {
  const resources = deploy?.["resources"] as { reservations?: { devices?: unknown } } | undefined;
  const devices = resources?.reservations?.devices;
  return Array.isArray(devices) && devices.length > 0;
}

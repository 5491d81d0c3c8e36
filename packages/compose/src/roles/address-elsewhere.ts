import { type ComposeModel, type ComposeService, isInSlot, type RoleDecision } from "@sluice/core";
import { joinedExternals, networkKeys } from "../model/networks.ts";
import { type Cidr, formatAddress, overlap, parseCidr } from "../networks/cidr.ts";
import type { ServiceFinding } from "./finding-rule.ts";

/**
 * Addresses that the compose file itself fixes, in what it gives to services in slots: a slot has networks of its own, and the
 * engine leads from none of them to another. Pure.
 *
 * @param pool where those networks get their addresses from
 */
export function addressFindings(
  model: ComposeModel,
  decisions: readonly RoleDecision[],
  { active, pool }: { readonly active: ReadonlySet<string>; readonly pool: string },
): readonly ServiceFinding[] {
  return decisions
    .filter((decision) => active.has(decision.service) && isInSlot(decision))
    .flatMap((decision) => [unreachable(model, decisions, decision), untrusted(model, decision, pool)])
    .filter((finding) => finding !== undefined);
}

interface Text {
  readonly text: string;
  readonly path: readonly (string | number)[];
}

function unreachable(
  model: ComposeModel,
  decisions: readonly RoleDecision[],
  { service }: RoleDecision,
): ServiceFinding | undefined {
  const written = model.services[service] ?? {};
  const joined = joinedExternals(
    model,
    decisions.map(({ service: name, role }) => ({ name, role })),
    service,
  );
  const places = placesOf(model, new Set(joined.map(({ key }) => key)));
  const [first] = textsOf(written).flatMap(({ text, path }) =>
    addressesIn(text).flatMap((address) => {
      const place = places.find(({ cidr, way }) => overlap(cidr, address) && address.first !== way);
      return place ? [{ place, path, address: formatAddress(address.first) }] : [];
    }),
  );
  return (
    first && {
      service,
      severity: "warn",
      code: "address-elsewhere",
      message: `${service} cannot reach ${first.address} (${first.place.title}) from a slot, which has networks of its own; its ${first.path
        .slice(0, 2)
        .filter((key) => typeof key === "string")
        .join(" ")} has that`,
      hint: `have it call ${first.place.name} by name, which holds in a slot, too; or set services.${service}.strategy: recreate in sluice.yaml (a gap at each deployment)`,
      path: ["services", service, ...first.path],
    }
  );
}

interface Place {
  readonly cidr: Cidr;
  readonly title: string;
  readonly name: string;
  /** The host's own address there, which every container reaches. */
  readonly way?: number;
}

/** Where the model has fixed addresses, without networks that are the same in a slot. Services first: they have a name. */
function placesOf({ services, networks = {} }: ComposeModel, joined: ReadonlySet<string>): readonly Place[] {
  const ofServices = Object.entries(services).flatMap(([name, service]) =>
    networkKeys(service).flatMap((key) => {
      const cidr = joined.has(key) ? undefined : parseCidr(`${service.networks?.[key]?.ipv4_address}/32`);
      return cidr ? [{ cidr, name, title: `${name} on network ${key}` }] : [];
    }),
  );
  const ofNetworks = Object.entries(networks).flatMap(([key, network]) => {
    const { config = [] } = (network?.["ipam"] ?? {}) as { config?: readonly Readonly<Record<string, unknown>>[] };
    return config.flatMap(({ subnet, gateway }) => {
      const cidr = parseCidr(String(subnet));
      const way = parseCidr(`${String(gateway)}/32`)?.first ?? (cidr && cidr.first + 1);
      return cidr && way !== undefined ? [{ cidr, way, name: "what is there", title: `network ${key}` }] : [];
    });
  });
  return [...ofServices, ...ofNetworks];
}

/** Names of variables that list proxies, and not of those that say where one is that is called. */
const trust = /trust|forwarded|real_?ip|proxies|proxy_?(?:ips|cidrs?|networks?|allow|white)/i;
/** Where the engine takes addresses from by itself. */
const ofEngine = ["172.16.0.0/12", "192.168.0.0/16"].flatMap((text) => parseCidr(text) ?? []);

/** What comes through a door comes from an address of the pool: whom the application believes as a proxy must be among them. */
function untrusted(model: ComposeModel, { service, role }: RoleDecision, pool: string): ServiceFinding | undefined {
  const range = parseCidr(pool);
  const found = Object.entries(model.services[service]?.environment ?? {}).find(([name, value]) => {
    const trusted = trust.test(name) ? networksIn(value ?? "") : [];
    const holdsPool = trusted.some((one) => range && one.first <= range.first && one.size >= range.size);
    return !holdsPool && trusted.some((one) => ofEngine.some((other) => overlap(one, other)));
  });
  return role === "web" && found
    ? {
        service,
        severity: "warn",
        code: "address-elsewhere",
        message: `${found[0]} of ${service} names networks of Docker, and what reaches it through its door comes from ${pool}: it may not believe what the door says of scheme and client`,
        hint: `add ${pool} to ${found[0]}, or set network.pool in sluice.yaml to a free network within what it names`,
        path: ["services", service, "environment", found[0]],
      }
    : undefined;
}

function textsOf({ environment = {}, command, entrypoint, extra_hosts, dns }: ComposeService): readonly Text[] {
  const variables = Object.entries(environment).flatMap(([name, text]) =>
    text === null || trust.test(name) || isNoProxy(name) ? [] : [{ text, path: ["environment", name] }],
  );
  const lists = Object.entries({ extra_hosts, dns, command, entrypoint }).flatMap(([key, written]) =>
    (Array.isArray(written) ? written : []).map((text, index) => ({ text: String(text), path: [key, index] })),
  );
  return [...variables, ...lists];
}

const isNoProxy = (name: string): boolean => /^no_proxy$/i.test(name);

/** Single addresses, also within an address of another kind (`postgres://10.0.0.5:5432/shop`). */
function addressesIn(text: string): readonly Cidr[] {
  const found = text.match(/(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.]|\/\d)/g) ?? [];
  return found.flatMap((address) => parseCidr(`${address}/32`) ?? []);
}

/** Networks and single addresses of a list: what is within a URL or has a port is called, and not believed. */
function networksIn(text: string): readonly Cidr[] {
  const found = text.match(/(?<![\d./@])\d{1,3}(?:\.\d{1,3}){3}(?:\/\d{1,2})?(?![\d.]|:\d)/g) ?? [];
  return found.flatMap((network) => parseCidr(network.includes("/") ? network : `${network}/32`) ?? []);
}

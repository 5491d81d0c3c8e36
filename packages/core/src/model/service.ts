import type { Confidence, Role, Strategy } from "./role.ts";

/** What a service speaks: HTTP/1, HTTP/2 without TLS (as gRPC does), or something that is passed on as it is. */
export const protocols = ["http", "h2", "tcp"] as const;
export type Protocol = (typeof protocols)[number];

/** Whether the PROXY protocol is spoken: to a door by what is before it (`in`), and by a door to its application (`out`). */
export interface ProxyProtocol {
  readonly in: boolean;
  readonly out: boolean;
}

/** A port of a service's door: what the user's file publishes, and what the application listens on. */
export interface PublishedPort {
  readonly hostIp?: string | undefined;
  /** `0` asks the engine for a free one. */
  readonly published: number;
  readonly target: number;
  readonly protocol: "tcp" | "udp";
}

/** How long a service may take to become ready, derived from its health check or from the configuration. */
export interface StartBudget {
  readonly timeoutMs: number;
  /** How it was derived, for people: `start_period 10s + 3 x (2s + 2s)`. */
  readonly derivation: string;
  /** `startTimeout` of the configuration says so: it is final. */
  readonly isConfigured?: boolean | undefined;
  /** What of it the image's own health check adds, milliseconds: a plan that was made before the build does not have it. */
  readonly imageMs?: number | undefined;
}

/** What the planner knows of a service: facts and decisions, free of Compose's syntax. */
export interface ServiceFacts {
  readonly name: string;
  readonly role: Role;
  readonly strategy: Strategy;
  readonly confidence: Confidence;
  readonly reason: string;
  /** Active under the user's profiles. */
  readonly active: boolean;
  /** Those that it is under, where none of them is active. Absent where one is, where it is under none, and in releases of before. */
  readonly inactiveProfiles?: readonly string[] | undefined;
  /** In none of them, and Compose does not accept it: but for its name all is a guess. Absent where it does, and in releases of before. */
  readonly isUnread?: boolean | undefined;
  /** The project builds its image: as its own, or as that of another service, whose image it names. */
  readonly builds: boolean;
  readonly replicas: number;
  /** Keys of networks in the compose file. */
  readonly networks: readonly string[];
  /** Base and slot services that must be up before, by the compose file. */
  readonly dependsOn: readonly string[];
  /** Those of `dependsOn` that must have ended well before it starts. Absent for none, and in releases of before. */
  readonly awaits?: readonly string[] | undefined;
  /** Those of `dependsOn` that it is restarted with, once they are made anew. Absent for none, and in releases of before. */
  readonly restartsWith?: readonly string[] | undefined;
  /** Empty for services that publish nothing. */
  readonly ports: readonly PublishedPort[];
  /** Where a `web` service listens inside its container; `null` when not known. */
  readonly port: number | null;
  /** Where it listens beside `port` and what it publishes, as far as the file tells. Absent for nowhere, and in releases of before. */
  readonly furtherPorts?: readonly number[] | undefined;
  /** What it speaks at `port`, and at all others that `protocols` does not name. */
  readonly protocol: Protocol;
  /** By port. Absent where it speaks the same at all of them, and in releases of before. */
  readonly protocols?: Readonly<Record<string, Protocol>> | undefined;
  readonly hasHealthcheck: boolean;
  readonly startBudget: StartBudget;
  /** `stop_grace_period`, or Compose's default of 10 s. */
  readonly stopGraceMs: number;
  /** The compose file says that nothing starts it again once it ended well. Absent where it does not, and in releases of before. */
  readonly runsOnce?: boolean | undefined;
  /** Old and new workers may run at once. */
  readonly overlap: boolean;
  /** Slots were configured for it, whatever it writes to volumes. Absent for not, and in releases of before. */
  readonly sharesVolumes?: boolean | undefined;
  /** `services.*.health.path` of the configuration; `null` for none. Absent in releases of before, see `healthPathOf`. */
  readonly healthPath?: string | null | undefined;
  /** `services.*.health.host` of the configuration. Absent for none. */
  readonly healthHost?: string | undefined;
  /** `traffic.proxyProtocol` of the configuration. Absent in releases of before, see `proxyProtocolOf`. */
  readonly proxyProtocol?: ProxyProtocol | undefined;
}

/** What a service speaks at a port that it listens on inside its container. Pure. */
export function protocolAt(
  { protocol, protocols }: Pick<ServiceFacts, "protocol" | "protocols">,
  port: number,
): Protocol {
  return protocols?.[port] ?? protocol;
}

/** The ports of a service inside its container, by where they come from. */
export type ServicePorts = Pick<ServiceFacts, "ports" | "port" | "furtherPorts">;

/** Every port of a service that its door listens on: those that are published, and those where it listens for others. Pure. */
export function listenPorts({ ports, port, furtherPorts = [] }: ServicePorts): readonly number[] {
  const published = ports.filter(({ protocol }) => protocol === "tcp").map(({ target }) => target);
  const all = [...published, ...(port === null ? [] : [port]), ...furtherPorts];
  return [...new Set(all)].toSorted((a, b) => a - b);
}

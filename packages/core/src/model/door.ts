import type { Protocol, ProxyProtocol } from "./service.ts";
import type { Slot } from "./slot.ts";

export type Stickiness =
  | { readonly by: "cookie"; readonly domain?: string | undefined }
  | { readonly by: "header"; readonly name: string }
  | { readonly by: "ip" }
  | { readonly by: "none" };

/** Whose requests reach the candidate while it is open to testers: either is enough. */
export interface Testers {
  /** Those that carry this header or cookie. */
  readonly token?: TesterToken | undefined;
  /** Those that come from here. */
  readonly from?: TesterAddresses | undefined;
}

export interface TesterToken {
  readonly by: "header" | "cookie";
  readonly name: string;
  /** Whoever knows it is a tester. */
  readonly value: string;
}

export interface TesterAddresses {
  /** Addresses and networks, as `parseNetwork` reads them. */
  readonly addresses: readonly string[];
  /**
   * Proxies before the door whose word on the client's address is believed. Whoever else connects is taken for the client,
   * whatever its headers say, as anybody can write headers. Default: none.
   */
  readonly proxies?: readonly string[] | undefined;
}

/** HTTPS that ends at the door, with certificates that it gets and renews by itself. */
export interface DoorHttps {
  /** Names that it has certificates for. */
  readonly hosts: readonly string[];
  /** One of `listen`: whoever connects there speaks TLS. */
  readonly port: number;
  /** `acme`: Let's Encrypt, over the same port; `internal`: an authority of the door's own, which nobody else knows. */
  readonly issuer: "acme" | "internal";
  /** Of the account with the authority. */
  readonly email?: string | undefined;
}

/** A port that a door listens on. */
export interface DoorPort {
  /** Equals the port that the application uses on its network. */
  readonly port: number;
  /** Where it leads. */
  readonly target: number;
  /** What the application speaks there. Default: the door's `protocol`. */
  readonly protocol?: Protocol | undefined;
}

/** What a door is made for. Changing any of it replaces or reloads the door; routing never does. */
export interface DoorSpec {
  readonly stack: string;
  readonly service: string;
  /** Of the ports that name none of their own. */
  readonly protocol: Protocol;
  readonly listen: readonly DoorPort[];
  /** Fixed addresses of replicas by slot, in order. Addresses without a container are simply down. */
  readonly servers: Readonly<Record<Slot, readonly string[]>>;
  /**
   * How many of the addresses the door leads to: a server that is not there counts as there until its first check has
   * failed, so none is listed beyond the replicas. Default: all.
   */
  readonly replicas?: number | undefined;
  /** Path of the door's own health checks, of both slots: the older release may not know it. `null` checks the TCP port. */
  readonly healthPath: string | null;
  /** `Host` of these checks. Default: `localhost`. */
  readonly healthHost?: string | undefined;
  /** The target port that says whether a server is up, and answers `healthPath`. Default: the first of `listen`. */
  readonly healthPort?: number | undefined;
  readonly stickiness: Stickiness;
  /** Only of HTTP doors. Default: nobody. */
  readonly testers?: Testers | undefined;
  readonly proxyProtocol: ProxyProtocol;
  /** Default: the door speaks no TLS. */
  readonly https?: DoorHttps | undefined;
  /** Requests that carry this value in `X-Sluice-Preview` reach the slot that `X-Sluice-Slot` names. Secret. */
  readonly previewSecret: string;
  readonly drainTimeoutMs: number;
}

/** Variable of a door's container, set to anything where a network that the door is to be on has IPv6. */
export const doorIpv6Variable = "SLUICE_DOOR_IPV6";

/** What of a door outlives its container. */
export interface DoorVolume {
  readonly name: string;
  /** Where the door keeps it. */
  readonly path: string;
}

/**
 * Where a door sends users. `stable` is the proven slot (`null`: none yet, users get 503); `share` is the percent that
 * the *other* slot gets. After cutover the share is 100 until the candidate is made stable.
 */
export interface DoorRouting {
  readonly stable: Slot | null;
  /** 0 to 100, steps of 0.01. */
  readonly share: number;
  /** 0 to 9999; which users come first. Changed only while the share is 0. */
  readonly salt: number;
  /** The spec's testers reach the slot that is not stable, whatever the share. Default: they are users like others. */
  readonly testers?: boolean | undefined;
}

/** What a door speaks at one of its ports. Pure. */
export function spokenAt({ protocol }: Pick<DoorSpec, "protocol">, listen: DoorPort): Protocol {
  return listen.protocol ?? protocol;
}

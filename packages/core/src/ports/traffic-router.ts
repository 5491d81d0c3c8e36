import type { Slot } from "../model/slot.ts";
import type { ContainerFile } from "./container-exec.ts";

export type Stickiness =
  | { readonly by: "cookie"; readonly domain?: string | undefined }
  | { readonly by: "header"; readonly name: string }
  | { readonly by: "ip" }
  | { readonly by: "none" };

/** What a door is made for. Changing any of it replaces or reloads the door; routing never does. */
export interface DoorSpec {
  readonly stack: string;
  readonly service: string;
  readonly protocol: "http" | "tcp";
  /** Ports the door listens on (each equals the port that the application uses on its network) and where they lead. */
  readonly listen: readonly { readonly port: number; readonly target: number }[];
  /** Fixed addresses of replicas by slot, in order. Addresses without a container are simply down. */
  readonly servers: Readonly<Record<Slot, readonly string[]>>;
  /** Path of HAProxy's own health checks; `null` checks the TCP port. */
  readonly healthPath: string | null;
  /** The target port that says whether a server is up, and answers `healthPath`. Default: the first of `listen`. */
  readonly healthPort?: number | undefined;
  readonly stickiness: Stickiness;
  readonly proxyProtocol: { readonly in: boolean; readonly out: boolean };
  /** Requests that carry this value in `X-Sluice-Preview` reach the slot that `X-Sluice-Slot` names. Secret. */
  readonly previewSecret: string;
  readonly drainTimeoutMs: number;
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
}

export interface SlotTraffic {
  /** Since the door's process started. */
  readonly requests: number;
  readonly http2xx: number;
  readonly http3xx: number;
  readonly http4xx: number;
  readonly http5xx: number;
  readonly connectErrors: number;
  readonly responseErrors: number;
  readonly retries: number;
  readonly redispatches: number;
  /** Requests and connections under way now, WebSockets included. */
  readonly active: number;
  readonly serversUp: number;
  readonly serversTotal: number;
}

export interface DoorTraffic {
  /** Changes when the door's process is another one: counters began anew. */
  readonly epoch: string;
  readonly slots: Readonly<Record<Slot, SlotTraffic>>;
}

/** One request as the door saw it. */
export interface RequestSample {
  /** Unix time, milliseconds. */
  readonly at: number;
  readonly slot: Slot | null;
  readonly status: number;
  /** Milliseconds from the first byte of the request to the last of the answer. */
  readonly totalMs: number;
  readonly method: string;
  readonly path: string;
  /** 0 to 9999: one client is one bucket. -1 where the door does not split by bucket. */
  readonly bucket: number;
  /** Our own probe (`X-Sluice-Preview`), not a user. */
  readonly probe: boolean;
  /** HAProxy's termination state, `----` for an ordinary end. */
  readonly termination: string;
}

/**
 * The door of a web service. All calls are idempotent and restartable: state is read from the door, never from memory.
 * `door` is the container's id or name.
 */
export interface TrafficRouter {
  readonly kind: string;
  /** Pure: the files a door container needs before it starts, routing included. */
  files(spec: DoorSpec, routing: DoorRouting): readonly ContainerFile[];
  /** @throws SluiceError DOOR_FAILED when the door does not answer */
  routing(door: string, signal?: AbortSignal): Promise<DoorRouting>;
  /** File first, then the running process, then read back. Effective for the next request. */
  setRouting(door: string, routing: DoorRouting, signal?: AbortSignal): Promise<void>;
  /** Replaces the configuration without losing a connection (reload). */
  reconfigure(door: string, spec: DoorSpec, signal?: AbortSignal): Promise<void>;
  traffic(door: string, signal?: AbortSignal): Promise<DoorTraffic>;
  /** Requests since the call, as they end, until the signal aborts. */
  samples(door: string, signal: AbortSignal): AsyncIterable<RequestSample>;
  /** Waits until nothing is under way at the slot, at most `timeoutMs`, then closes what is left at once. */
  drain(door: string, slot: Slot, timeoutMs: number, signal?: AbortSignal): Promise<{ readonly closed: number }>;
  /** Waits until the door itself reaches `count` servers of the slot. @throws SluiceError NOT_READY at the deadline */
  waitServers(door: string, slot: Slot, count: number, timeoutMs: number, signal?: AbortSignal): Promise<void>;
}

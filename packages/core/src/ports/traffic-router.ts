import type { DoorRouting, DoorSpec, DoorVolume } from "../model/door.ts";
import type { RouterCapabilities } from "../model/router-capabilities.ts";
import type { Slot } from "../model/slot.ts";
import type { ContainerFile } from "./container-exec.ts";

export interface SlotTraffic {
  /** Since the epoch began. */
  readonly requests: number;
  readonly http2xx: number;
  readonly http3xx: number;
  readonly http4xx: number;
  readonly http5xx: number;
  readonly connectErrors: number;
  /** Requests that were sent and got no answer, as far as the door can tell also those that it asked again elsewhere. */
  readonly responseErrors: number;
  readonly retries: number;
  readonly redispatches: number;
  /** Requests and connections under way now, WebSockets included. */
  readonly active: number;
  readonly serversUp: number;
  readonly serversTotal: number;
}

export interface DoorTraffic {
  /** Another one where counters began anew, as with another process of HAProxy. */
  readonly epoch: string;
  /** How long the process that counts has run, milliseconds, by a clock that nobody sets. Absent where it does not tell. */
  readonly upMs?: number | undefined;
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
  /** `TCP` of a connection that was passed on unread: `totalMs` is then as long as it lived. */
  readonly method: string;
  readonly path: string;
  /** 0 to 9999: one client is one bucket. -1 where the door does not split by bucket. */
  readonly bucket: number;
  /** Our own probe (`X-Sluice-Preview`), not a user. */
  readonly probe: boolean;
  /** HAProxy's termination state; `----` for an ordinary end, and always of Caddy. */
  readonly termination: string;
}

/**
 * `up`: users may be sent there, as it answers the health path with less than 500, or takes connections where there is no path.
 * `healthy`: it answers the path with 2xx or 3xx. A release from before the path was chosen is up, and never healthy.
 */
export type ServerState = "up" | "healthy";

/**
 * The door of a web service. All calls are idempotent and restartable: state is read from the door, never from memory.
 * `door` is the container's id or name.
 */
export interface TrafficRouter {
  readonly kind: string;
  readonly capabilities: RouterCapabilities;
  /** Pure: the files a door container needs before it starts, routing included. */
  files(spec: DoorSpec, routing: DoorRouting): readonly ContainerFile[];
  /** Pure: what of the door must outlive its container, such as certificates. */
  volumes(spec: DoorSpec): readonly DoorVolume[];
  /** @throws SluiceError DOOR_FAILED when the door does not answer */
  routing(door: string, signal?: AbortSignal): Promise<DoorRouting>;
  /**
   * File first, then the running process, then read back. Effective for the next request.
   *
   * @throws SluiceError DISK_FULL when users are led by it, but a restart of the door would not go on with it; DOOR_FAILED
   */
  setRouting(door: string, routing: DoorRouting, signal?: AbortSignal): Promise<void>;
  /** Replaces the configuration (reload); what that costs the capabilities say. */
  reconfigure(door: string, spec: DoorSpec, signal?: AbortSignal): Promise<void>;
  traffic(door: string, signal?: AbortSignal): Promise<DoorTraffic>;
  /** Requests and connections under way at both slots, asked of the door's process alone: at once, so that it is still true. */
  underWay(door: string, signal?: AbortSignal): Promise<number>;
  /** Requests since the call, as they end, until the signal aborts. */
  samples(door: string, signal: AbortSignal): AsyncIterable<RequestSample>;
  /** Waits until nothing is under way at the slot, at most `timeoutMs`, then closes what is left at once, as far as `closesOneSlot` says. */
  drain(door: string, slot: Slot, timeoutMs: number, signal?: AbortSignal): Promise<{ readonly closed: number }>;
  /** Waits until the door itself finds `count` servers of the slot `wanted`, default `up`. @throws SluiceError NOT_READY at the deadline, DOOR_FAILED at once where the door is gone */
  waitServers(
    door: string,
    slot: Slot,
    count: number,
    timeoutMs: number,
    signal?: AbortSignal,
    wanted?: ServerState,
  ): Promise<void>;
}

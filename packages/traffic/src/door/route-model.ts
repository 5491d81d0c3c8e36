import { type DoorRouting, otherSlot, type Slot } from "@sluice/core";

export interface RouteQuestion {
  readonly routing: DoorRouting;
  /** 0 to 9999. */
  readonly bucket: number;
  /** The slot that a request with the preview secret names. */
  readonly preview: Slot | null;
  /** It carries the header or cookie of the spec's testers. */
  readonly isTester?: boolean;
  /** Whether a slot has a server that the door reaches. */
  readonly up: Readonly<Record<Slot, boolean>>;
}

/**
 * The rules of the configuration, as a function: which slot answers; `null` when the door itself does, with 503. Tests
 * hold the configuration to it, and it to the promises.
 */
export function routeOf({ routing, bucket, preview, isTester, up }: RouteQuestion): Slot | null {
  if (preview) return up[preview] ? preview : null;
  const { stable, share, salt } = routing;
  if (stable === null) return null;
  const candidate = otherSlot(stable);
  if (isTester && routing.testers) return up[candidate] ? candidate : null;
  const isInShare = (bucket + salt) % 10_000 < Math.round(share * 100);
  if (isInShare && up[candidate]) return candidate;
  if (up[stable]) return stable;
  return share > 0 && up[candidate] ? candidate : null;
}

import type { Slot } from "./slot.ts";

/** Container ids by service. */
export type ContainersByService = Readonly<Record<string, readonly string[]>>;

/** Whose containers are watched, and what they are compared with. */
export interface WatchTarget {
  readonly stack: string;
  readonly slot: Slot;
  /** Tag of the release under watch. */
  readonly release: string;
  readonly containers: ContainersByService;
  /** Percent of the users that it gets meanwhile. */
  readonly share: number;
  /** The span began then, where that was before now: what is written down is looked at from there. */
  readonly since?: Date | undefined;
  /** When its first container started, of a release that served before and comes back: what is older is no news. */
  readonly startedAt?: Date | undefined;
  /** `null` where there is no version before. */
  readonly previous: WatchedPrevious | null;
}

export interface WatchedPrevious {
  readonly release: string;
  readonly containers: ContainersByService;
  /** Percent of the users that it gets meanwhile. */
  readonly share: number;
  /** Until when it had all users; `null` where that is not known. */
  readonly servedUntil: Date | null;
}

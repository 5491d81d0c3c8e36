import type { Clock, ContainerExec } from "@sluice/core";
import type { AdminShell } from "./admin-shell.ts";

/** What the router's verbs share for one door. */
export interface DoorLink {
  readonly door: string;
  readonly shell: AdminShell;
  readonly exec: ContainerExec;
  readonly clock: Clock;
  readonly pollMs: number;
  /** Fires when this router has put another process in the place of the one that answered so far. */
  readonly reloaded: EventTarget;
}

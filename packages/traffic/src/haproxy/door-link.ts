import type { DoorLink as AnyDoorLink } from "../door/door-link.ts";
import type { AdminShell } from "./admin-shell.ts";

export interface DoorLink extends AnyDoorLink<AdminShell> {
  /** Fires when this router has put another process in the place of the one that answered so far. */
  readonly reloaded: EventTarget;
}

import type { Clock, ContainerExec } from "@sluice/core";
import type { DoorShell } from "../door/door-shell.ts";

/** What the router's verbs share for one door. */
export interface DoorLink {
  readonly door: string;
  readonly shell: DoorShell;
  readonly exec: ContainerExec;
  readonly clock: Clock;
  readonly pollMs: number;
}

import type { Clock, ContainerExec } from "@sluice/core";
import type { DoorShell } from "./door-shell.ts";

/** What a router's verbs share for one door. */
export interface DoorLink<Shell extends DoorShell = DoorShell> {
  readonly door: string;
  readonly shell: Shell;
  readonly exec: ContainerExec;
  readonly clock: Clock;
  /** Between two looks at the door while something is waited for, in milliseconds. */
  readonly pollMs: number;
}

/** What a router opens for each of its doors, once; disposed of, their shells are closed. */
export interface DoorLinks<Link> extends AsyncDisposable {
  readonly to: (door: string) => Link;
}

export function createDoorLinks<Link extends DoorLink>(open: (door: string) => Link): DoorLinks<Link> {
  const links = new Map<string, Link>();
  return {
    to(door) {
      const link = links.get(door) ?? open(door);
      links.set(door, link);
      return link;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...links.values()].map(({ shell }) => shell[Symbol.asyncDispose]()));
      links.clear();
    },
  };
}

import type { ComposeModel } from "@sluice/core";
import { unescapeDollars } from "../model/dollars.ts";

/** A directory or file of the host that containers of a service write to, and that is to be another one. */
export interface OtherDirectory {
  /** Path in the container. */
  readonly target: string;
  readonly runs: string;
  readonly wanted: string;
}

/** What the engine says of a mount of a container. */
export interface ContainerMount {
  readonly Type: string;
  readonly RW: boolean;
  readonly Source: string;
  readonly Destination: string;
}

/** What is bound to a path is written to, and is to be another directory. Pure. */
export function otherDirectories(
  mounts: readonly ContainerMount[],
  wanted: ComposeModel["services"][string]["volumes"] = [],
): readonly OtherDirectory[] {
  return mounts.flatMap(({ Type, RW, Source, Destination: target }) => {
    const to = Type === "bind" && RW ? wanted.find((one) => one.type === "bind" && one.target === target) : undefined;
    if (to?.source === undefined) return [];
    const source = unescapeDollars(to.source);
    return source === Source ? [] : [{ target, runs: Source, wanted: source }];
  });
}

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

/**
 * What is bound to a path is written to, and is to be another directory. Pure.
 *
 * @param isData whether what is only read is data all the same. Default: none is
 */
export function otherDirectories(
  mounts: readonly ContainerMount[],
  wanted: ComposeModel["services"][string]["volumes"] = [],
  isData: (directory: OtherDirectory) => boolean = () => false,
): readonly OtherDirectory[] {
  return mounts.flatMap(({ Type, RW, Source, Destination: target }) => {
    const to = Type === "bind" ? wanted.find((one) => one.type === "bind" && one.target === target) : undefined;
    if (to?.source === undefined) return [];
    const directory = { target, runs: Source, wanted: unescapeDollars(to.source) };
    return directory.wanted !== Source && (RW || isData(directory)) ? [directory] : [];
  });
}

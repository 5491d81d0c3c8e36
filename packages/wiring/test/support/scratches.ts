import { docker } from "./postgres.ts";

/** Ids of throw-away servers of a stack that are on the engine, one in a line; empty where there are none. */
export function scratchesOf(stack: string): Promise<string> {
  return docker(
    "ps",
    "-aq",
    "--filter",
    "label=dev.sluice.kind=scratch",
    "--filter",
    `label=dev.sluice.stack=${stack}`,
  );
}

import type { ObservedContainer } from "../../model/stack.ts";

/** That a container was ended for memory, and at which limit, for people; `null` where it was not. */
export function memoryKillText({
  oomKilled,
  memoryLimit,
}: Pick<ObservedContainer, "oomKilled" | "memoryLimit">): string | null {
  if (!oomKilled) return null;
  const limit =
    memoryLimit === undefined
      ? "it has no limit of its own"
      : `its limit is ${Math.floor(memoryLimit / 1_048_576)} MiB`;
  return `killed for memory (${limit})`;
}

/** How a container is that does not run, for people. */
export function stateText(container: Pick<ObservedContainer, "state" | "oomKilled" | "memoryLimit">): string {
  const killed = memoryKillText(container);
  return killed === null ? container.state : `${container.state}, ${killed}`;
}

import type { CommandContext } from "./context.ts";

/**
 * Has a person who interrupts a command know that it was heard; until it is disposed of.
 *
 * @param endLine of a terminal that shows what goes on in one line
 */
export function tellStopping(
  { signal, stderr }: Pick<CommandContext, "signal" | "stderr">,
  endLine: () => void = () => undefined,
): Disposable {
  const tell = () => {
    endLine();
    stderr.write("stopping: what has begun is ended first; again to stop at once\n");
  };
  signal.addEventListener("abort", tell, { once: true });
  return { [Symbol.dispose]: () => signal.removeEventListener("abort", tell) };
}

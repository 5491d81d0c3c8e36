import type { ChildProcess } from "node:child_process";

/**
 * Ends the child's process group when the signal aborts: SIGTERM, and SIGKILL for what is left after `killAfterMs`. The
 * group must be the child's own.
 */
export function endWithSignal(child: ChildProcess, signal: AbortSignal | undefined, killAfterMs: number): Disposable {
  let kill: NodeJS.Timeout | undefined;
  const end = () => {
    signalGroup(child, "SIGTERM");
    kill = setTimeout(() => signalGroup(child, "SIGKILL"), killAfterMs);
  };
  if (signal?.aborted) end();
  else signal?.addEventListener("abort", end, { once: true });
  return {
    [Symbol.dispose]() {
      clearTimeout(kill);
      signal?.removeEventListener("abort", end);
    },
  };
}

export function signalGroup(child: ChildProcess, name: "SIGTERM" | "SIGKILL"): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, name);
  } catch (error) {
    // Over already.
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

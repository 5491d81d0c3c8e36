import type { ContainerExec } from "@sluice/core";

/** Name of the variable by which processes of a backup are known in a container; its value is the session. */
export const sessionVariable = "SLUICE_BACKUP";

/** Ends what has a variable in its environment with another value than the given one, and counts it. */
const script = `
ended=0
for place in /proc/[0-9]*; do
  if tr '\\0' '\\n' < "$place/environ" 2>/dev/null | grep "^$1=" | grep -qvxF "$1=$2"; then
    kill -TERM "\${place#/proc/}" 2>/dev/null && ended=$((ended + 1))
  fi
done
echo "$ended"
`;

/**
 * Ends processes in a container that dead runs left: a dump whose reader is gone waits for ever, in an open transaction,
 * and so does a reader at a pipe that nobody writes to any more. They are known by a variable of their environment,
 * which this does not have; those of this run by its value. Needs `sh`, `tr` and `grep` there; 0 without them.
 */
export async function endMarkedProcesses(
  exec: ContainerExec,
  container: string,
  [variable, own]: readonly [name: string, own: string],
  signal?: AbortSignal,
): Promise<number> {
  try {
    const { stdout } = await exec.exec(container, ["sh", "-c", script, "sh", variable, own], { signal });
    return Number(Buffer.from(stdout).toString("utf8").trim()) || 0;
  } catch {
    signal?.throwIfAborted();
    return 0;
  }
}

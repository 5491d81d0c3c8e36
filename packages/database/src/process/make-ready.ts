import { type ContainerExec, isSluiceError } from "@sluice/core";

/** Name of the variable by which processes of a backup are known in a container; its value is the session. */
export const sessionVariable = "SLUICE_BACKUP";

/**
 * Ends what has a variable in its environment with another value than the given one, and counts it. Then the pipe is made
 * anew: one that somebody else puts there meanwhile makes `mkfifo` fail.
 */
const script = `
ended=0
for place in $(grep -l "$1=" /proc/[0-9]*/environ 2>/dev/null); do
  if tr '\\0' '\\n' < "$place" 2>/dev/null | grep "^$1=" | grep -qvxF "$1=$2"; then
    number=\${place#/proc/}
    kill -TERM "\${number%/environ}" 2>/dev/null && ended=$((ended + 1))
  fi
done
echo "$ended"
[ -n "$3" ] && zstd -q --version > /dev/null 2>&1 && rm -f "$3" && mkfifo -m 600 "$3" 2> /dev/null && echo there
exit 0
`;

export interface ReadyRequest {
  readonly container: string;
  /** Of the backup that is to be taken. */
  readonly session: string;
  /** Absolute path of a pipe that is wanted; `null`: none is. */
  readonly pipe: string | null;
  /** Default {@link sessionVariable}. */
  readonly variable?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface Ready {
  /** Processes that were told to end. */
  readonly ended: number;
  /** The pipe was made, and there is a `zstd` to read from it. */
  readonly hasPipe: boolean;
}

/**
 * Makes a container ready for a backup, in one process, as each takes a while to start.
 *
 * What dead runs left there is ended: a dump whose reader is gone waits for ever, in an open transaction, and so does a
 * reader at a pipe that nobody writes to any more. Such processes are known by a variable of their environment, which this
 * one does not have; those of this run by its value. Needs `sh`, `tr` and `grep`, and for the pipe `zstd` and `mkfifo` and
 * a place to write to: nothing is ended, and no pipe is made, without them.
 */
export async function makeReady(
  exec: ContainerExec,
  { container, session, pipe, variable = sessionVariable, signal }: ReadyRequest,
): Promise<Ready> {
  try {
    const command = ["sh", "-c", script, "sh", variable, session, pipe ?? ""];
    const { stdout } = await exec.exec(container, command, { signal });
    const [ended, there] = Buffer.from(stdout).toString("utf8").trim().split("\n");
    return { ended: Number(ended) || 0, hasPipe: there === "there" };
  } catch (error) {
    signal?.throwIfAborted();
    // A program that is not there cannot be started.
    if (isSluiceError(error) && error.code === "EXEC_FAILED") return { ended: 0, hasPipe: false };
    throw error;
  }
}

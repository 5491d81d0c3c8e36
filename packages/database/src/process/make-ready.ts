import { type ContainerExec, isSluiceError, SluiceError } from "@sluice/core";
import { orDispose } from "./or-dispose.ts";
import { openTurns, type TurnsEnd } from "./turns.ts";

/** Name of the variable by which processes of a backup are known in a container; its value is the session. */
export const sessionVariable = "SLUICE_BACKUP";

/** What the name of every backup's session begins with, and of no other. */
export const backupPrefix = "backup-";

/** Of the pipe that a backup is compressed through in its container. */
export function pipeOf(session: string): string {
  return `/tmp/sluice-${session}.pipe`;
}

/**
 * What other backups left: processes that have the variable with another session in their environment, and pipes. A process may
 * end before its file is opened, which a shell tells where errors go by then: that is named first.
 */
const look = `
stale=""
for place in $(grep -l "$1=" /proc/[0-9]*/environ 2>/dev/null); do
  found=$(tr '\\0' '\\n' 2>/dev/null < "$place" | grep "^$1=")
  case $found in "$1=$2") ;; "$1=$4"*) place=\${place#/proc/}; stale="$stale \${place%/environ}" ;; esac
done
pipes=""
[ -n "$3" ] && for path in "\${3%/*}/sluice-$4"*.pipe "\${3%/*}/sluice-backup.pipe"; do
  [ -e "$path" ] && pipes="$pipes
$path"
done
`;

/**
 * Signals only processes without children, and again while some have any: each parent must see its children end before it
 * ends itself. What is an orphan already is left to end by itself: its parent is the database, which may take an unknown
 * child that a signal ended for a crash of its own.
 */
const act = `
round() {
  parents=" "
  there=""
  for place in /proc/[0-9]*; do
    process=\${place#/proc/}
    parent=""
    state=""
    while read -r key value rest; do
      case $key in State:) state=$value ;; PPid:) parent=$value && break ;; esac
    done 2>/dev/null < "$place/status"
    [ -n "$parent" ] || continue
    parents="$parents$parent "
    case "$stale " in *" $process "*) [ "$state" != Z ] && [ "$parent" != 1 ] && there="$there $process" ;; esac
  done
  stale=""
  for process in $there; do
    case $parents in
      *" $process "*) stale="$stale $process" ;;
      *) kill -TERM "$process" 2>/dev/null && ended=$((ended + 1)) ;;
    esac
  done
}
ended=0
turn=0
while [ -n "$stale" ] && [ "$turn" -lt 20 ]; do
  [ "$turn" = 0 ] || sleep 0.1 2>/dev/null || sleep 1
  round
  turn=$((turn + 1))
done
echo "$ended"
echo "$pipes" | while read -r path; do [ -n "$path" ] && rm -f "$path"; done
[ -n "$3" ] && zstd -q --version > /dev/null 2>&1 < /dev/null && rm -f "$3" && mkfifo -m 600 "$3" 2> /dev/null && echo there
`;

export interface ReadyRequest {
  readonly container: string;
  /** Of the backup that is to be taken: `backup-ID`. */
  readonly session: string;
  /** Absolute path of a pipe that is wanted (see {@link pipeOf}); `null`: none is. */
  readonly pipe: string | null;
  /** Default {@link sessionVariable}. */
  readonly variable?: string | undefined;
  /** What the sessions begin with whose processes are ended. Default {@link backupPrefix}. */
  readonly prefix?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface Ready {
  /** Processes that were told to end. */
  readonly ended: number;
  /** The pipe was made, and there is a `zstd` to read from it. */
  readonly hasPipe: boolean;
}

const nothing: Ready = { ended: 0, hasPipe: false };

/** The shell that made a container ready, which waits to become something else. Disposing ends it. */
export interface ReadyShell extends Ready, AsyncDisposable {
  /** Runs a script that ends with `exec`. Resolves with how what it became ended. */
  become(script: string): Promise<TurnsEnd>;
}

/**
 * Makes a container ready for a backup, in one process, as each takes a while to start.
 *
 * What dead runs left there is ended: a dump whose reader is gone waits for ever, in an open transaction, and so does a
 * reader at a pipe that nobody writes to any more. Such processes are known by a variable of their environment; those of
 * this run by its value. Whoever asks for it must be alive after all of them have been found: where it is killed, and the
 * engine runs this only after that, the next backup is at work already. Needs `sh`, `tr` and `grep`, and for the pipe
 * `zstd` and `mkfifo` and a place to write to: nothing is ended, and no pipe is made, without them.
 */
export async function makeReady(exec: ContainerExec, request: ReadyRequest): Promise<Ready> {
  const shell = await openReadyShell(exec, request);
  if (!shell) return nothing;
  await using ready = shell;
  return { ended: ready.ended, hasPipe: ready.hasPipe };
}

/**
 * The same, with the shell that did it; `null` where the container has none.
 *
 * @param environment of the shell, and of what it becomes
 */
export async function openReadyShell(
  exec: ContainerExec,
  { container, session, pipe, variable = sessionVariable, prefix = backupPrefix, signal }: ReadyRequest,
  environment: Readonly<Record<string, string>> = {},
): Promise<ReadyShell | null> {
  try {
    const opened = await openTurns(exec, {
      container,
      command: ["sh", "-s", variable, session, pipe ?? "", prefix],
      environment,
      signal,
      mark: (text) => `echo ${text}`,
      failure: ({ exitCode }) => new SluiceError("EXEC_FAILED", `the shell ended with exit code ${exitCode}`),
    });
    return await orDispose(opened, async (shell) => {
      await shell.query(look);
      const [ended, there] = await shell.query(act);
      return {
        ended: Number(ended) || 0,
        hasPipe: there === "there",
        become: (script) => shell.finish(script),
        [Symbol.asyncDispose]: () => shell[Symbol.asyncDispose](),
      };
    });
  } catch (error) {
    signal?.throwIfAborted();
    // A program that is not there cannot be started.
    if (isSluiceError(error) && error.code === "EXEC_FAILED") return null;
    throw error;
  }
}

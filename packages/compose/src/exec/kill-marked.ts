import { finished } from "node:stream/promises";
import { within } from "@sluice/core";
import { type Engine, withSignal } from "../engine/engine.ts";

/** Names the process of one exec in its environment, and with it all that it starts. */
export const marker = "SLUICE_EXEC";

/**
 * Ends the processes of one exec. The engine's API cannot do it: it knows the process by its number on the host only,
 * and closing the connection leaves it running. So a second exec looks for the mark in `/proc` and signals, SIGTERM for
 * 2 s and then SIGKILL for 2 s, only processes without children, again and again: each parent must see its children end
 * before it ends itself. An orphan would become a child of the container's first process, and a database takes a child
 * that it does not know and that a signal ended for a crash of its own (PostgreSQL 15 restarts then, with every session
 * lost). For the same reason what is an orphan already is left to end by itself. Needs `sh` and `grep` in the container;
 * without them the process runs until it reads or writes. An engine that does not answer is waited for at most 10 s, and what it has
 * been asked for stays asked for.
 */
export async function killMarked(engine: Engine, container: string, mark: string): Promise<void> {
  const stop = new AbortController();
  const late = engine.clock.sleep(killMs, stop.signal).catch(() => undefined);
  await Promise.race([kill(engine, container, mark), late]);
  stop.abort();
}

const killMs = 10_000;

async function kill(engine: Engine, container: string, mark: string): Promise<void> {
  try {
    const exec = await search(engine, container, mark);
    // Detached, yet the client holds the connection open for output that never comes.
    (await exec.start({ Detach: true })).destroy();
  } catch {
    // The container is gone or has no shell: nothing is left to end, or nothing can end it.
  }
}

/** Longer than its rounds take, also where the container's `sleep` knows whole seconds only. */
const endMs = 60_000;

/**
 * As `killMarked`, and resolves when they have ended, nothing can end them, or an engine has told nothing of it for a minute.
 *
 * @throws the signal's reason
 */
export async function endMarked(engine: Engine, container: string, mark: string, signal?: AbortSignal): Promise<void> {
  try {
    await within(engine.clock, endMs, signal, async (either) => {
      const exec = await search(engine, container, mark, either);
      const connection = await exec.start({ hijack: true, stdin: false, ...withSignal(either) });
      try {
        await finished(connection.resume(), { signal: either });
      } finally {
        connection.destroy();
      }
    });
  } catch {
    // As above.
    signal?.throwIfAborted();
  }
}

async function search(engine: Engine, container: string, mark: string, signal?: AbortSignal) {
  const docker = await engine.docker();
  const Cmd = ["sh", "-c", script, "sh", `${marker}=${mark}`];
  const output = { AttachStdout: true, AttachStderr: true };
  return docker.getContainer(container).exec({ Cmd, User: "0", ...output, ...withSignal(signal) });
}

const script = `
# Numbers of all parents, and of the processes with the mark: "parents" and "marked".
look() {
  parents=" "
  marked=""
  for place in /proc/[0-9]*; do
    process=\${place#/proc/}
    parent=""
    state=""
    while read -r key value rest; do
      case $key in State:) state=$value ;; PPid:) parent=$value && break ;; esac
    done < "$place/status" 2>/dev/null
    [ -n "$parent" ] || continue
    # A parent that has not taken note of its child's end by now never will.
    [ "$2" = KILL ] && [ "$state" = Z ] && continue
    parents="$parents$parent "
    [ "$parent" != 1 ] && grep -q "$1" "$place/environ" 2>/dev/null && marked="$marked $process"
  done
}
round() {
  look "$1" "$2"
  for process in $marked; do
    case $parents in *" $process "*) ;; *) kill -"$2" "$process" 2>/dev/null ;; esac
  done
  [ -n "$marked" ]
}
seen=""
for signal in TERM KILL; do
  turn=0
  while [ "$turn" -lt 20 ]; do
    if round "$1" "$signal"; then seen=yes
    # The engine may have said that it runs before it does.
    elif [ "$seen" ] || [ "$turn" -ge 10 ]; then break; fi
    turn=$((turn + 1))
    sleep 0.1 2>/dev/null || sleep 1
  done
done
`;

import { finished } from "node:stream/promises";
import type { Engine } from "../engine/engine.ts";

/** Names the process of one exec in its environment, and with it all that it starts. */
export const marker = "SLUICE_EXEC";

/**
 * Ends the processes of one exec. The engine's API cannot do it: it knows the process by its number on the host only,
 * and closing the connection leaves it running. So a second exec looks for the mark in `/proc` and signals, SIGTERM for
 * 2 s and then SIGKILL for 2 s, only processes without children, again and again: each parent must see its children end
 * before it ends itself. An orphan would become a child of the container's first process, and a database takes a child
 * that it does not know and that a signal ended for a crash of its own (PostgreSQL 15 restarts then, with every session
 * lost). For the same reason what is an orphan already is left to end by itself. Needs `sh` and `grep` in the container;
 * without them the process runs until it reads or writes.
 */
export async function killMarked(engine: Engine, container: string, mark: string): Promise<void> {
  try {
    const exec = await search(engine, container, mark);
    // Detached, yet the client holds the connection open for output that never comes.
    (await exec.start({ Detach: true })).destroy();
  } catch {
    // The container is gone or has no shell: nothing is left to end, or nothing can end it.
  }
}

/** As `killMarked`, and resolves when they have ended, or nothing can end them: some seconds at most, but for an engine that hangs. */
export async function endMarked(engine: Engine, container: string, mark: string): Promise<void> {
  try {
    const exec = await search(engine, container, mark);
    const connection = await exec.start({ hijack: true, stdin: false });
    await finished(connection.resume());
  } catch {
    // As above.
  }
}

async function search(engine: Engine, container: string, mark: string) {
  const docker = await engine.docker();
  const Cmd = ["sh", "-c", script, "sh", `${marker}=${mark}`];
  return docker.getContainer(container).exec({ Cmd, User: "0", AttachStdout: true, AttachStderr: true });
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

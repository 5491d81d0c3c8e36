import { measure, run } from "../../measure.ts";
import type { Server } from "../server.ts";

/** Programs of a backup in the database's container, by the names of their processes. */
export type Program = "pg_dump" | "zstd";

/** Whoever waits for a program looks so often, and for half a minute at most. */
const lookMs = 20;
const looks = 1_500;

/**
 * What finds the process of a program: one that is there twice in a row, as it is also run to ask whether it is there. Its number is
 * in `id` then. A shell reads all that itself: starting programs would take longer than some backups.
 */
const find = `
name="($1)"
look() {
  for place in /proc/[0-9]*; do
    read -r id comm state rest < "$place/stat" && [ "$comm" = "$name" ] && [ "$state" != Z ] && return 0
  done 2> /dev/null
  return 1
}
is_there() { read -r now comm state rest < "/proc/$id/stat" && [ "$comm" = "$name" ] && [ "$state" != Z ]; } 2> /dev/null
turn=0
while :; do
  look && sleep ${lookMs / 1_000} && is_there && break
  turn=$((turn + 1))
  [ "$turn" -lt ${looks} ] || exit 3
  sleep ${lookMs / 1_000}
done`;

/** A process that was told to stop and is about to end never comes to stand still. */
const freezing = `${find}
sleep "$2"
kill -STOP "$id" 2> /dev/null || exit 3
while is_there; do
  [ "$state" = T ] && echo "$id" && exit 0
  sleep 0.01
done
exit 3`;

const living = `${find}
echo there
while is_there; do sleep ${lookMs / 1_000}; done
echo gone`;

const inside = ({ container }: Server, script: string, ...args: readonly string[]) =>
  ["docker", "exec", "-u", "0", container, "sh", "-c", script, "sh", ...args] as const;

/**
 * Waits until a program runs in the container, lets it go on for a while, and makes it stand still in the middle of whatever it does.
 * The number of its process, or nothing where it had ended by then, or none came in half a minute.
 */
export async function freeze(server: Server, program: Program, afterMs: number): Promise<string | undefined> {
  const { stdout, exitCode } = await measure(inside(server, freezing, program, String(afterMs / 1_000)));
  return exitCode === 0 ? stdout.trim() : undefined;
}

/** Sends a signal to a process in the container, whoever's it is. @throws Error where it cannot: what stands still would do so for ever */
export async function signalInside(server: Server, signal: "KILL" | "CONT", id: string): Promise<true> {
  await run(inside(server, `kill -${signal} "$1"`, id));
  return true;
}

/** How long a program runs, from the moment at which it is seen; milliseconds. NaN where none was. */
export async function lifeOf(server: Server, program: Program): Promise<number> {
  const seen = new Map<string, number>();
  await measure(inside(server, living, program), { onOutput: (said) => noteWords(said, seen) });
  return (seen.get("gone") ?? Number.NaN) - (seen.get("there") ?? Number.NaN);
}

function noteWords(said: string, seen: Map<string, number>): void {
  for (const word of said.trim().split("\n")) seen.set(word, performance.now());
}

import { type DoorRouting, SluiceError } from "@sluice/core";
import type { DoorLink } from "../door/door-link.ts";
import { keepScript, notKeptError } from "../door/keep-routing.ts";
import { formatRouting } from "../door/routing-value.ts";
import { doorFiles } from "./door-files.ts";
import { parseRoutingName, routingPrefix } from "./routing-name.ts";

/** What the running process itself goes by. */
const once = `curl -s -m 10 --unix-socket ${doorFiles.routingSocket} http://door/`;
/** A door that is just starting listens a moment later. */
const ask = `${once} || { sleep 0.2; ${once}; } || { sleep 1; ${once}; }`;

export async function readRouting({ door, shell }: DoorLink, signal?: AbortSignal): Promise<DoorRouting> {
  const answer = await shell.run(ask, signal);
  const routing = parseRoutingName(answer);
  if (routing) return routing;
  throw new SluiceError("DOOR_FAILED", `door ${door} holds no routing that can be read`, {
    hint: "set the routing again, or replace the door",
    detail: answer.trim().slice(-500),
  });
}

/** The file for the next start, then the name that the process reads, then what the process says. */
export async function writeRouting(
  { door, shell }: DoorLink,
  routing: DoorRouting,
  signal?: AbortSignal,
): Promise<void> {
  const value = formatRouting(routing);
  const { routing: path, running } = doorFiles;
  const answer = await shell.run(
    [
      "set -e",
      keepScript(path, value),
      `newest=$(ls ${running} | head -n 1); oldest=$(ls ${running} | tail -n 1)`,
      `number=\${newest#${routingPrefix}}; number=\${number%%.*}`,
      `next=${running}/${routingPrefix}$((number - 1)).${value}`,
      // A disk may have no room for one more name.
      `{ printf '' > $next; } 2>/dev/null || mv ${running}/"$oldest" $next`,
      `ls ${running} | tail -n +3 | while read -r old; do rm -f ${running}/"$old"; done`,
      "printf 'process:\\n'",
      ask,
      "printf 'file:\\n'",
      `cat ${path}`,
    ].join("\n"),
    signal,
  );
  const [said = "", read = ""] = answer.split("process:\n");
  const [process = "", file = ""] = read.split("file:\n");
  const taken = parseRoutingName(process);
  const isTaken = taken !== null && formatRouting(taken) === value;
  if (isTaken && file.trim() === value) return;
  if (isTaken) throw notKeptError(door, value, said);
  throw new SluiceError("DOOR_FAILED", `door ${door} did not take the routing ${value}`, {
    hint: `look at \`docker logs ${door}\``,
    detail: answer.trim().slice(-1000),
  });
}

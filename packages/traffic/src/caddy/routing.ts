import { type DoorRouting, SluiceError } from "@sluice/core";
import type { DoorLink } from "../door/door-link.ts";
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
      `printf '%s\\n' '${value}' > ${path}.next`,
      // Not every sync can do a single file; without it the rename still holds for everything but a power cut.
      `sync -d ${path}.next 2>/dev/null || true`,
      `mv -f ${path}.next ${path}`,
      `newest=$(ls ${running} | head -n 1)`,
      `number=\${newest#${routingPrefix}}; number=\${number%%.*}`,
      `: > ${running}/${routingPrefix}$((number - 1)).${value}`,
      `ls ${running} | tail -n +3 | while read -r old; do rm -f ${running}/"$old"; done`,
      ask,
      `cat ${path}`,
    ].join("\n"),
    signal,
  );
  const [process = "", file = ""] = answer.trim().split("\n");
  const read = parseRoutingName(process);
  if (read && formatRouting(read) === value && file === value) return;
  throw new SluiceError("DOOR_FAILED", `door ${door} did not take the routing ${value}`, {
    hint: `look at \`docker logs ${door}\``,
    detail: answer.trim().slice(-1000),
  });
}

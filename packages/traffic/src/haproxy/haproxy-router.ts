import type { Clock, ContainerExec, DoorRouting, TrafficRouter } from "@sluice/core";
import { SluiceError } from "@sluice/core";
import { createDoorLinks } from "../door/door-link.ts";
import type { MakeRoom } from "../door/door-shell.ts";
import { keepScript, notKeptError } from "../door/keep-routing.ts";
import { formatRouting } from "../door/routing-value.ts";
import { createTurns } from "../door/turns.ts";
import { createAdminShell } from "./admin-shell.ts";
import { haproxyCapabilities } from "./capabilities.ts";
import { doorFiles } from "./door-files.ts";
import type { DoorLink } from "./door-link.ts";
import { drain } from "./drain.ts";
import { observeTraffic, observeUnderWay } from "./observe-traffic.ts";
import { reconfigure } from "./reconfigure.ts";
import { renderHaproxyConfig } from "./render-config.ts";
import { findRouting, formatRoutingFile, routingKey } from "./routing-map.ts";
import { followSamples } from "./samples.ts";
import { waitServers } from "./wait-servers.ts";

export interface HaproxyRouterOptions {
  readonly exec: ContainerExec;
  readonly clock: Clock;
  /** How long the door may take for one command, in milliseconds. Default 20 000. */
  readonly commandTimeoutMs?: number | undefined;
  /** Between two looks at the door while something is waited for, in milliseconds. Default 40. */
  readonly pollMs?: number | undefined;
  /** For a full disk. Default: nothing was kept for that. */
  readonly makeRoom?: MakeRoom | undefined;
}

/**
 * Doors made of HAProxy 2.6 or newer, talked to through a shell that stays open in the door's container. Dispose of the
 * router to close those shells; the doors go on as they are.
 */
export function createHaproxyRouter(options: HaproxyRouterOptions): TrafficRouter & AsyncDisposable {
  const { exec, clock, commandTimeoutMs = 20_000, pollMs = 40, makeRoom } = options;
  // A reload between the two halves of a change would bring the old routing back.
  const inTurn = createTurns();
  const links = createDoorLinks<DoorLink>((door) => {
    const shell = createAdminShell({ exec, clock, door, timeoutMs: commandTimeoutMs, makeRoom });
    return { door, shell, exec, clock, pollMs, reloaded: new EventTarget() };
  });
  return {
    kind: "haproxy",
    capabilities: haproxyCapabilities,
    files: (spec, routing) => [
      { path: doorFiles.config, content: renderHaproxyConfig(spec), mode: 0o600 },
      { path: doorFiles.routing, content: formatRoutingFile(routing) },
    ],
    volumes: () => [],
    routing: (door, signal) => readRouting(links.to(door), signal),
    setRouting: (door, routing, signal) => inTurn(door, () => writeRouting(links.to(door), routing, signal)),
    reconfigure: (door, spec, signal) => inTurn(door, () => reconfigure(links.to(door), spec, signal)),
    traffic: (door, signal) => observeTraffic(links.to(door), signal),
    underWay: (door, signal) => observeUnderWay(links.to(door), signal),
    samples: (door, signal) => followSamples(links.to(door), signal),
    drain: (door, slot, timeoutMs, signal) => drain(links.to(door), slot, timeoutMs, signal),
    waitServers: (door, slot, count, timeoutMs, signal, wanted = "up") =>
      waitServers(links.to(door), { slot, count, timeoutMs, wanted }, signal),
    [Symbol.asyncDispose]: () => links[Symbol.asyncDispose](),
  };
}

async function readRouting({ door, shell }: DoorLink, signal?: AbortSignal): Promise<DoorRouting> {
  const listing = await shell.ask([`show map ${doorFiles.routing}`], signal);
  const routing = findRouting(listing);
  if (routing) return routing;
  throw new SluiceError("DOOR_FAILED", `door ${door} holds no routing that can be read`, {
    hint: "set the routing again, or replace the door",
    detail: listing.trim().slice(-500),
  });
}

/** One round trip: the file, the process, and both read back. */
async function writeRouting({ door, shell }: DoorLink, routing: DoorRouting, signal?: AbortSignal): Promise<void> {
  const value = formatRouting(routing);
  const { routing: path, adminSocket } = doorFiles;
  const admin = `socat -t 10 - UNIX-CONNECT:${adminSocket}`;
  const set = (verb: string) =>
    `printf '%s\\n' '${verb} map ${path} ${routingKey} ${value}; show map ${path}' | ${admin}`;
  const read = await shell.run(
    [
      "set -e",
      keepScript(path, `${routingKey} ${value}`),
      "printf 'file:\\n'",
      `cat ${path}`,
      "printf 'process:\\n'",
      `answer=$(${set("set")})`,
      // A map whose file lost its key is given the key.
      `case "$answer" in *' ${routingKey} ${value}'*) ;; *) answer=$(${set("add")}) ;; esac`,
      `printf '%s\\n' "$answer"`,
    ].join("\n"),
    signal,
  );
  const [kept = "", process = ""] = read.split("process:\n");
  const [said = "", file = ""] = kept.split("file:\n");
  const isThere = (listing: string) => {
    const found = findRouting(listing);
    return found !== null && formatRouting(found) === value;
  };
  if (isThere(process) && isThere(file)) return;
  if (isThere(process)) throw notKeptError(door, value, said);
  throw new SluiceError("DOOR_FAILED", `door ${door} did not take the routing ${value}`, {
    hint: `look at \`docker logs ${door}\``,
    detail: read.trim().slice(-1000),
  });
}

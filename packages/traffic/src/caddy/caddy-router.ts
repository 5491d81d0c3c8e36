import { type Clock, type ContainerExec, stackNames, type TrafficRouter } from "@sluice/core";
import { createDoorLinks, type DoorLink } from "../door/door-link.ts";
import { createDoorShell, type MakeRoom } from "../door/door-shell.ts";
import { formatRouting } from "../door/routing-value.ts";
import { createTurns } from "../door/turns.ts";
import { caddyCapabilities } from "./capabilities.ts";
import { doorFiles } from "./door-files.ts";
import { drain } from "./drain.ts";
import { observeTraffic, observeUnderWay } from "./observe-traffic.ts";
import { reconfigure } from "./reconfigure.ts";
import { renderCaddyConfig, renderServers } from "./render-config.ts";
import { readRouting, writeRouting } from "./routing.ts";
import { followSamples } from "./samples.ts";
import { waitServers } from "./wait-servers.ts";

export interface CaddyRouterOptions {
  readonly exec: ContainerExec;
  readonly clock: Clock;
  /** How long the door may take for one command, in milliseconds. Default 20 000. */
  readonly commandTimeoutMs?: number | undefined;
  /** Between two looks at the door while something is waited for, in milliseconds. Default 100. */
  readonly pollMs?: number | undefined;
  /** For a full disk. Default: nothing was kept for that. */
  readonly makeRoom?: MakeRoom | undefined;
}

/**
 * Doors made of Caddy 2.9 or newer, talked to through a shell that stays open in the door's container. Dispose of the
 * router to close those shells; the doors go on as they are.
 */
export function createCaddyRouter(options: CaddyRouterOptions): TrafficRouter & AsyncDisposable {
  const { exec, clock, commandTimeoutMs = 20_000, pollMs = 100, makeRoom } = options;
  const inTurn = createTurns();
  const links = createDoorLinks<DoorLink>((door) => {
    const shell = createDoorShell({ exec, clock, door, timeoutMs: commandTimeoutMs, makeRoom });
    return { door, shell, exec, clock, pollMs };
  });
  return {
    kind: "caddy",
    capabilities: caddyCapabilities,
    files: (spec, routing) => [
      { path: doorFiles.config, content: renderCaddyConfig(spec), mode: 0o600 },
      { path: doorFiles.servers, content: renderServers(spec) },
      { path: doorFiles.routing, content: `${formatRouting(routing)}\n` },
    ],
    volumes: ({ stack, https }) =>
      https ? [{ name: stackNames.certificates(stack), path: doorFiles.certificates }] : [],
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

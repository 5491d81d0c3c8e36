import type { TcpCheck } from "@sluice/core";
import { type Attempt, shownText } from "../attempt.ts";
import type { ProbeExec } from "../probe-exec.ts";
import { directRoutes, type ReachedTarget, socketAddress } from "../route.ts";
import { connectCommand, readConnections } from "./connections.ts";

export const tcpLimit = ({ port }: TcpCheck): string => `port ${port} accepts a connection`;

/**
 * Connects to every container of the service at once from a door's container, which can reach the slot's network, or from beside
 * each. The check's time is that of a connection: socat alone keeps it, so that an engine that is slow to run socat is
 * never taken for a port that does not answer.
 */
export async function attemptTcp(
  exec: ProbeExec,
  { service, port, timeoutMs }: TcpCheck,
  target: ReachedTarget,
  signal: AbortSignal,
): Promise<Attempt> {
  const routes = directRoutes(service, target, port);
  if (routes.length === 0) {
    const detail = `no address of a container of ${service} is known, or no door reaches it`;
    return { result: "inconclusive", value: "no way there", detail };
  }
  const places = [...new Set(routes.map(({ container }) => container))];
  const ends = await Promise.all(
    places.map((place) => {
      const targets = routes.filter(({ container }) => container === place).map(socketAddress);
      return exec.run(place, connectCommand(targets, timeoutMs), timeoutMs, signal);
    }),
  );
  const said = ends.map(({ stdout, stderr }) => new TextDecoder().decode(stdout) + stderr).join("\n");
  const { reached, failed } = readConnections(routes.map(socketAddress), said);
  if (failed.length > 0) {
    const detail = shownText(said.replaceAll(/^reached .*$/gm, ""));
    return { result: "fail", value: `no connection to ${[...new Set(failed)].join(", ")}`, detail };
  }
  if (reached.length < routes.length) return { result: "inconclusive", value: "not asked", detail: shownText(said) };
  return { result: "pass", value: routes.length === 1 ? "connected" : `${routes.length} connected` };
}

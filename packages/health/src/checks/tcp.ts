import type { ContainerExec, TcpCheck } from "@sluice/core";
import { type Attempt, shownText } from "../attempt.ts";
import { directRoutes, type ReachedTarget, socatAddress } from "../route.ts";

export const tcpLimit = ({ port }: TcpCheck): string => `port ${port} accepts a connection`;

/** Connects to every container of the service from a door's container, which can reach the slot's network. */
export async function attemptTcp(
  exec: ContainerExec,
  check: TcpCheck,
  target: ReachedTarget,
  signal: AbortSignal,
): Promise<Attempt> {
  const routes = directRoutes(check.service, target, check.port);
  if (routes.length === 0) {
    const detail = `no address of a container of ${check.service} is known, or no door reaches it`;
    return { result: "inconclusive", value: "no way there", detail };
  }
  const seconds = Math.max(1, Math.ceil(check.timeoutMs / 1_000));
  for (const route of routes) {
    const command = ["socat", "-u", "/dev/null", `${socatAddress(route)},connect-timeout=${seconds}`];
    const { exitCode, stderr } = await exec.exec(route.container, command, { signal });
    if (exitCode !== 0) return { result: "fail", value: `no connection to ${route.host}`, detail: shownText(stderr) };
  }
  return { result: "pass", value: routes.length === 1 ? "connected" : `${routes.length} connected` };
}

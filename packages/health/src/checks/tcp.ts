import type { ContainerExec, ProbeTarget, TcpCheck } from "@sluice/core";
import type { Attempt } from "../attempt.ts";

export const tcpLimit = ({ port }: TcpCheck): string => `port ${port} accepts a connection`;

/** Connects from inside the door's container, where the slot's network can be reached. */
export async function attemptTcp(
  exec: ContainerExec,
  check: TcpCheck,
  target: ProbeTarget,
  signal: AbortSignal,
): Promise<Attempt> {
  const door = target.doors[check.service] ?? Object.values(target.doors)[0];
  const address = target.addresses?.[check.service]?.[0];
  if (!door || address === undefined) {
    return { result: "inconclusive", value: "no way there", detail: `no door reaches a container of ${check.service}` };
  }
  const seconds = Math.max(1, Math.ceil(check.timeoutMs / 1_000));
  const { exitCode, stderr } = await exec.exec(
    door.container,
    ["socat", "-u", "/dev/null", `TCP:${address}:${check.port},connect-timeout=${seconds}`],
    { signal },
  );
  return exitCode === 0
    ? { result: "pass", value: "connected" }
    : { result: "fail", value: "no connection", detail: stderr.trim() || undefined };
}

import type { ProbeTarget, ReachableCheck } from "@sluice/core";
import { type Attempt, shownText } from "../attempt.ts";
import { connectCommand, readConnections } from "./connections.ts";

/** Runs a command with the network of a container: its names, its addresses, its way out. */
export type RunInside = (
  request: { readonly container: string; readonly command: readonly string[]; readonly slot: ProbeTarget["slot"] },
  signal: AbortSignal,
) => Promise<{ readonly exitCode: number; readonly output: string }>;

export const reachableLimit = ({ targets }: Pick<ReachableCheck, "targets">): string =>
  targets.length === 1 ? "accepts a connection" : `all ${targets.length} accept a connection`;

export async function attemptReachable(
  runInside: RunInside | undefined,
  { service, targets, connectMs }: ReachableCheck,
  { slot, containers }: ProbeTarget,
  signal: AbortSignal,
): Promise<Attempt> {
  const [container] = containers[service] ?? [];
  if (container === undefined) {
    return { result: "fail", value: "no container", detail: `${service} has no container in ${slot}` };
  }
  if (!runInside)
    return { result: "inconclusive", value: "not run", detail: "nothing here can look from inside a container" };
  const command = connectCommand(targets, connectMs);
  const { exitCode, output } = await runInside({ container, command, slot }, signal);
  return judgeReachable(targets, exitCode, output);
}

/** Pure. A target of which nothing is said was not tried: something went wrong before. */
export function judgeReachable(targets: readonly string[], exitCode: number, output: string): Attempt {
  const { reached, failed } = readConnections(targets, output);
  if (reached.length === targets.length) {
    return { result: "pass", value: targets.length === 1 ? "connected" : `all ${targets.length} connected` };
  }
  if (reached.length + failed.length < targets.length) {
    return { result: "inconclusive", value: `exit code ${exitCode}`, detail: shownText(output) };
  }
  return { result: "fail", value: `no connection to ${failed.join(", ")}`, detail: shownText(output) };
}

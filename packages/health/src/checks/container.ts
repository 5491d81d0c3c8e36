import type { ContainerCheck, ObservedContainer, ProbeTarget } from "@sluice/core";
import type { Attempt } from "../attempt.ts";

/** One container as it is now; `null` when it is gone. */
export type InspectContainer = (container: string, signal?: AbortSignal) => Promise<ObservedContainer | null>;

export const containerLimit = (): string => "running, not unhealthy, not restarted";

/** Every container of the service runs, is not unhealthy, and has not been restarted since it was created. */
export async function attemptContainer(
  inspect: InspectContainer,
  check: ContainerCheck,
  target: ProbeTarget,
  signal: AbortSignal,
): Promise<Attempt> {
  const ids = target.containers[check.service] ?? [];
  if (ids.length === 0)
    return { result: "fail", value: "no container", detail: `${check.service} has no container in ${target.slot}` };
  const found = await Promise.all(ids.map((id) => inspect(id, signal)));
  const wrong = found.map(whatIsWrong).find((reason) => reason !== null);
  return wrong ? { result: "fail", value: wrong } : { result: "pass", value: `${ids.length} running` };
}

function whatIsWrong(container: ObservedContainer | null): string | null {
  if (!container) return "gone";
  const { name, state, health, restartCount, exitCode, oomKilled } = container;
  if (oomKilled) return `${name} was killed for memory`;
  if (state === "exited" || state === "dead") return `${name} exited with code ${exitCode}`;
  if (state !== "running") return `${name} is ${state}`;
  if (restartCount > 0) return `${name} was restarted ${restartCount} times`;
  return health === "unhealthy" ? `${name} is unhealthy` : null;
}

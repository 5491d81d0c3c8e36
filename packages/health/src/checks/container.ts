import {
  type Clock,
  type ContainerCheck,
  memoryKillText,
  type ObservedContainer,
  type ProbeTarget,
} from "@sluice/core";
import type { Attempt } from "../attempt.ts";

/** One container as it is now; `null` when it is gone. */
export type InspectContainer = (container: string, signal?: AbortSignal) => Promise<ObservedContainer | null>;

/** How often containers had been started when they were first looked at, by id. */
export type Starts = Map<string, Pick<ObservedContainer, "restartCount" | "startedAt">>;

/** After a restart of its own, a container is not trusted for this long. */
const settleMs = 10_000;

export const containerLimit = (): string => "running, not unhealthy, not restarted";

/**
 * Every container of the service runs, is not unhealthy and was not killed for memory, and has not been restarted since
 * it was first looked at, nor a moment before that.
 */
export async function attemptContainer(
  { inspect, clock, starts }: { readonly inspect: InspectContainer; readonly clock: Clock; readonly starts: Starts },
  { service }: ContainerCheck,
  { containers, slot }: ProbeTarget,
  signal: AbortSignal,
): Promise<Attempt> {
  const ids = containers[service] ?? [];
  if (ids.length === 0) {
    return { result: "fail", value: "no container", detail: `${service} has no container in ${slot}` };
  }
  const found = await Promise.all(ids.map((id) => inspect(id, signal)));
  for (const [index, container] of found.entries()) {
    const wrong = container ? whatIsWrong(container, starts, clock.now()) : `${ids[index]?.slice(0, 12)} is gone`;
    if (wrong) return { result: "fail", value: wrong };
  }
  return { result: "pass", value: `${ids.length} running` };
}

function whatIsWrong(container: ObservedContainer, starts: Starts, now: Date): string | null {
  const { id, name, state, health, restartCount, exitCode, startedAt } = container;
  const killed = memoryKillText(container);
  if (killed !== null) return `${name} was ${killed}`;
  if (state === "exited" || state === "dead") return `${name} exited with code ${exitCode}`;
  if (state !== "running") return `${name} is ${state}`;
  if (health === "unhealthy") return `${name} is unhealthy`;
  const first = starts.get(id);
  if (!first) starts.set(id, { restartCount, startedAt });
  else if (restartCount !== first.restartCount || startedAt !== first.startedAt) return `${name} was restarted`;
  const runningMs = now.getTime() - Date.parse(startedAt);
  return restartCount > 0 && runningMs < settleMs ? `${name} was restarted, ${restartCount} times so far` : null;
}

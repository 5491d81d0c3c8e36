import { memoryKillText, type StartBudget } from "@sluice/core";
import type Docker from "dockerode";
import { composeLabels, memoryFacts } from "../engine/containers.ts";

export type ReadyState =
  | { readonly state: "ready" }
  /** Runs without a health check to ask: ready once it has run on for a moment. */
  | { readonly state: "settling" }
  | { readonly state: "waiting"; readonly running: boolean; readonly why: string }
  | { readonly state: "failed"; readonly code: "START_FAILED" | "NOT_READY"; readonly why: string };

/**
 * What a container's details say about its start. A restart is a failure even if the next attempt runs: what crashes
 * once under no traffic is not ready for any.
 *
 * @param restarts the container's restart count when the wait began
 * @param recovers what is unhealthy may become healthy yet
 */
export function readyState(
  container: Pick<Docker.ContainerInspectInfo, "State" | "RestartCount" | "Config" | "HostConfig">,
  restarts: number,
  recovers = false,
): ReadyState {
  const { State, RestartCount } = container;
  const killed = memoryKillText(memoryFacts(container));
  if (killed !== null) return failed(`was ${killed}`);
  if (RestartCount > restarts || State.Restarting) {
    return failed(`stopped with exit code ${State.ExitCode} and was restarted (restart ${RestartCount})`);
  }
  if (State.Status === "exited" || State.Status === "dead" || State.Status === "removing") {
    return failed(`stopped with exit code ${State.ExitCode}${State.Error ? `: ${State.Error}` : ""}`);
  }
  if (!State.Running) return { state: "waiting", running: false, why: `is ${State.Status}` };
  if (!hasHealthcheck(container)) return { state: "settling" };
  if (State.Health?.Status === "healthy") return { state: "ready" };
  if (State.Health?.Status === "unhealthy") {
    const why = `is unhealthy: its health check failed ${State.Health.FailingStreak} times in a row`;
    return recovers ? { state: "waiting", running: true, why } : { state: "failed", code: "NOT_READY", why };
  }
  return { state: "waiting", running: true, why: "runs, but its health check has not passed yet" };
}

function failed(why: string): ReadyState {
  return { state: "failed", code: "START_FAILED", why };
}

export function hasHealthcheck({ State, Config }: Pick<Docker.ContainerInspectInfo, "State" | "Config">): boolean {
  const test = Config.Healthcheck?.Test ?? [];
  return State.Health !== undefined && State.Health.Status !== "none" && test[0] !== "NONE";
}

/** `service` of the compose file, and the container where it has several. */
export function nameOf({ Name, Config }: Docker.ContainerInspectInfo): string {
  return `${Config.Labels[composeLabels.service] ?? "container"} (${Name.slice(1)})`;
}

/** Nanoseconds in, milliseconds out. */
const ms = (nanoseconds: number | undefined, byDefault: number) => (nanoseconds ? nanoseconds / 1e6 : byDefault);

/** How long the container's own health check may take to decide, with a tenth more for the engine. */
export function budgetOf({ Config }: Docker.ContainerInspectInfo): StartBudget {
  const check = Config.Healthcheck;
  if (!check?.Test || check.Test[0] === "NONE") return { timeoutMs: 60_000, derivation: "60 s without a health check" };
  const period = ms(check.StartPeriod, 0);
  const [interval, timeout, retries] = [ms(check.Interval, 30_000), ms(check.Timeout, 30_000), check.Retries || 3];
  return {
    timeoutMs: Math.ceil((period + retries * (interval + timeout)) * 1.1),
    derivation: `start_period ${period} ms + ${retries} x (interval ${interval} ms + timeout ${timeout} ms), and a tenth`,
  };
}

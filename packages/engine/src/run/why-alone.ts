import {
  aloneBeside,
  aloneInCandidate,
  createDeadline,
  keptForWayBack,
  type ObservedContainer,
  type PlanStep,
} from "@sluice/core";
import { settle } from "../deadline.ts";
import type { DeploymentScope } from "../scope.ts";

/** Users wait for it: longer than two lists of containers take nobody looks. */
const lookMs = 5_000;

/** What the engine is just starting again is looked at after this time: three looks fit. */
const againMs = 2_000;

/**
 * Why users stay with the candidate though it is to be taken back: something of what they would be led back to does not run any more,
 * or is removed. `undefined` where all does, where none were led, and where it cannot be seen: an engine that is away is waited for with the undo.
 *
 * What the engine is starting again is waited for, and counts once it has run from one look to the next: at the very moment of a
 * verdict the previous may have ended once, while one that ends again and again would be no way back.
 */
export async function whyAlone(scope: DeploymentScope, begun: readonly PlanStep[]): Promise<string | undefined> {
  const { ports, stack, plan, deployment, previousRelease } = scope;
  const { previous } = plan;
  if (scope.run.isWayBackGone) return "what served before is removed already: there is nothing to go back to";
  const kept = keptForWayBack({ steps: begun });
  const isLed = previous !== null && begun.some(({ kind }) => kind === "shift");
  if (kept.length === 0 && !isLed) return undefined;
  using deadline = createDeadline(ports.clock, lookMs);
  const { signal } = deadline;
  const before = previousRelease?.bundle.services;
  const attempt = { deployment, plan, begun: begun.map(({ id }) => id), before };
  const look = async () => {
    const [blue, green] = await Promise.all([
      ports.observer.slotContainers(stack, "blue", signal),
      ports.observer.slotContainers(stack, "green", signal),
    ]);
    return { blue, green };
  };
  let alone: string | undefined;
  let ran: string | undefined;
  try {
    const gone = kept.length === 0 ? [] : await settle(ports.clock, signal, ports.observer.gone(kept, signal));
    const beside =
      gone.length === 0 ? undefined : aloneBeside(attempt, await settle(ports.clock, signal, look()), gone);
    if (beside !== undefined || !isLed) return beside;
    while (true) {
      const seen = await settle(ports.clock, signal, look());
      const now = aloneInCandidate(attempt, seen);
      const run = runOf(seen[previous]);
      if (now === undefined && (alone === undefined || run === ran)) return undefined;
      const back = { ...seen, [previous]: seen[previous].map(asStarted) };
      if (aloneInCandidate(attempt, back) !== undefined) return now;
      alone = now ?? alone;
      ran = now === undefined ? run : undefined;
      await ports.clock.sleep(againMs, signal);
    }
  } catch {
    return signal.aborted ? alone : undefined;
  }
}

function asStarted(container: ObservedContainer): ObservedContainer {
  return container.state === "restarting" ? { ...container, state: "running" } : container;
}

/** Another one as soon as anything was started again. */
function runOf(containers: readonly ObservedContainer[]): string {
  return containers.map(({ id, state, startedAt }) => `${id} ${state} ${startedAt}`).join();
}

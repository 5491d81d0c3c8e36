import type { Clock, EventSink } from "@sluice/core";
import type { DeploymentReporter } from "@sluice/release";
import { withGrace } from "./grace.ts";
import type { Shown, StartEvent } from "./shown.ts";

/** How long a deployment that has ended still waits for GitHub to be told that it began, milliseconds. */
const graceMs = 1_000;

/** Tells GitHub that a deployment is under way, beside it. */
export interface Progress {
  readonly onEvent: EventSink;
  /** Nothing is on its way any more. What was not told by then is told with the ending. */
  settled(): Promise<void>;
}

/**
 * A deployment is shown once it has steps: one with nothing to do never ends for anybody. That GitHub cannot be told
 * is no word here; the ending says it.
 */
export function createProgress(
  clock: Clock,
  reporter: DeploymentReporter,
  shownOf: (start: StartEvent) => Promise<Shown>,
): Progress {
  const ending = new AbortController();
  let start: StartEvent | null = null;
  let telling: Promise<void> = Promise.resolve();
  const tell = async (begun: StartEvent) => {
    const { deployment, states } = await shownOf(begun);
    await reporter.show(deployment, states, ending.signal);
  };
  return {
    onEvent(event) {
      if (event.type === "deployment-start") start = event;
      if (event.type !== "plan" || event.steps.length === 0 || start?.deployment !== event.deployment) return;
      const begun = start;
      telling = telling.then(() => tell(begun)).catch(() => undefined);
    },
    settled: () => withGrace(clock, graceMs, ending, telling),
  };
}

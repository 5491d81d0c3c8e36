import type { EventSink, SluiceEvent } from "@sluice/core";
import type { DeliveryReport, Notification, Notifier } from "@sluice/notify";
import type { Turns } from "./in-turn.ts";

type StartEvent = Extract<SluiceEvent, { type: "deployment-start" }>;

export interface BeginningParts {
  readonly stack: string;
  readonly link: string | undefined;
  readonly timeoutMs: number;
  /** Of the run: once it is to end, nobody waits for a channel that does not answer. */
  readonly signal: AbortSignal;
}

/** Tells people that a deployment has begun, beside it. */
export interface Beginning {
  readonly onEvent: EventSink;
  /** Nothing is on its way any more. */
  settled(): Promise<void>;
}

/**
 * A deployment is announced once it has steps: one with nothing to do concerns nobody. That somebody could not be told is
 * no word here, as the ending says it of the same channel.
 */
export function tellBeginning(
  notifier: Pick<Notifier, "announce">,
  { stack, link, timeoutMs, signal }: BeginningParts,
  turns: Turns,
): Beginning {
  let start: StartEvent | null = null;
  let telling: Promise<readonly DeliveryReport[]> = Promise.resolve([]);
  return {
    onEvent(event) {
      if (event.type === "deployment-start") start = event;
      if (event.type !== "plan" || event.steps.length === 0 || start?.deployment !== event.deployment) return;
      const notification = begun(start, { stack, link });
      const options = { withinMs: timeoutMs / 2, signal };
      telling = turns(() => notifier.announce([notification], options)).catch(() => []);
    },
    settled: async () => void (await telling),
  };
}

function begun(
  { deployment, kind, tag: release, actor, reason, at }: StartEvent,
  { stack, link }: Pick<BeginningParts, "stack" | "link">,
): Notification {
  const about = { stack, deployment, kind, release, actor, reason, at };
  return { id: `${deployment}.begun`, outcome: "begun", ...about, ...(link ? { link } : {}) };
}

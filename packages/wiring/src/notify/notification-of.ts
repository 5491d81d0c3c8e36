import { type Ending, endings, formatDuration, type Outcome, type SluiceEvent } from "@sluice/core";
import type { AttemptRecord } from "@sluice/engine";
import type { Notification } from "@sluice/notify";
import type { EndEvent } from "./last-word.ts";

interface Place {
  readonly stack: string;
  readonly link: string | undefined;
}

/** What an ending says to people; `null` for one that nobody needs to be told of. */
export function notificationOf(end: EndEvent, attempt: AttemptRecord | undefined, place: Place): Notification | null {
  const { deployment, outcome, tag, serving, servingUnknown, durationMs, reason, next, at } = end;
  // What is left to the next run has no end in the record yet, and says what to type.
  const id = outcome === "interrupted" && next ? `${deployment}.left.${next.split(" ").at(-1)}` : endId(end, attempt);
  return build(id, end, attempt, place, {
    release: tag,
    at,
    durationMs,
    ...(servingUnknown ? {} : { serving }),
    ...(reason ? { cause: reason } : {}),
    ...(next ? { next } : {}),
  });
}

export type PersonWanted = Extract<SluiceEvent, { type: "person-wanted" }>;

/** That a deployment waits for a person, who is told once of each thing to decide. */
export function waitingOf(
  wanted: PersonWanted,
  attempt: AttemptRecord | undefined,
  { stack, link }: Place,
): Notification {
  const { deployment, step, tag, why, waitMs, next, at } = wanted;
  return {
    id: `${deployment}.waits-for-person.${step}.${next.split(" ").at(-1)}`,
    stack,
    deployment,
    outcome: "waits-for-person",
    kind: attempt?.start.kind ?? "deploy",
    release: tag,
    actor: attempt?.start.actor ?? "",
    reason: attempt?.start.reason ?? "",
    cause: `${why}; waits ${formatDuration(waitMs)}`,
    at,
    next: `${next}, or sluice traffic abort`,
    ...(link ? { link } : {}),
  };
}

/** How long after its end a deployment is still told of by a later run, where its own run died before it could. */
const tellableMs = 3_600_000;

/** The ending of the last attempt, as the journal has it; `null` when there is none, or when it is old news. */
export function lastNotification(attempt: AttemptRecord, now: Date, place: Place): Notification | null {
  if (!attempt.end || now.getTime() - Date.parse(attempt.end.at) > tellableMs) return null;
  const { tag, serving, durationMs, reason, at } = attempt.end;
  const cause = reason ? { cause: reason } : {};
  const id = endId(attempt.end, attempt);
  return build(id, attempt.end, attempt, place, { release: tag, at, durationMs, serving, ...cause });
}

type Ended = Pick<EndEvent, "deployment" | "outcome">;

/** Of an end in the record. A person may be needed for the same deployment more than once, and is told each time. */
function endId({ deployment, outcome }: Ended, attempt: AttemptRecord | undefined): string {
  const times = attempt?.endings.filter((one) => one === outcome).length ?? 0;
  return times > 1 ? `${deployment}.${outcome}.${times}` : `${deployment}.${outcome}`;
}

function build(
  id: string,
  { deployment, outcome }: Ended,
  attempt: AttemptRecord | undefined,
  { stack, link }: Place,
  told: Pick<Notification, "release" | "at"> & Partial<Notification>,
): Notification | null {
  if (!isEnding(outcome)) return null;
  const steps = attempt ? stepsOf(attempt) : [];
  return {
    id,
    stack,
    deployment,
    outcome,
    kind: attempt?.start.kind ?? "deploy",
    actor: attempt?.start.actor ?? "",
    reason: attempt?.start.reason ?? "",
    ...told,
    ...(steps.length > 0 ? { steps } : {}),
    ...(link ? { link } : {}),
  };
}

function isEnding(outcome: Outcome): outcome is Outcome & Ending {
  return endings.some((ending) => ending === outcome);
}

function stepsOf({
  start,
  outcomes,
}: AttemptRecord): readonly { readonly name: string; readonly durationMs: number }[] {
  const names = new Map(start.plan.steps.map(({ id, kind, target }) => [id, `${kind} ${target}`]));
  return outcomes
    .filter(({ result }) => result === "done" || result === "failed")
    .map(({ step, durationMs }) => ({ name: names.get(step) ?? step, durationMs }));
}

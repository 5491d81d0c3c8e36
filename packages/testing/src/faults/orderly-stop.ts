import { type Ended, reasonOf } from "./crash-stage.ts";

/** What a command did that was asked to stop at one of its records, as its journal has it. */
export interface OrderlyStop {
  /** Wall time, milliseconds. */
  readonly askedAtMs: number;
  /** The record was the intent of a step. */
  readonly inStep: boolean;
  /** Steps that it began afterwards. */
  readonly began: number;
  /** Steps of its plan that it never began. */
  readonly left: number;
}

interface Entry {
  readonly type: string;
  readonly at: string;
  readonly plan?: { readonly steps: readonly unknown[] };
}

/**
 * What came after the signal that a command got when it had written one of its records. `undefined` where it wrote fewer. Pure.
 *
 * @param from how many characters the journal had before the command
 * @param record counted from 1
 */
export function orderlyStop(journal: string, from: number, record: number): OrderlyStop | undefined {
  const since = journal.slice(from);
  // The last line may be half a record.
  const lines = since.slice(0, since.lastIndexOf("\n") + 1).split("\n");
  const entries = lines.filter((line) => line !== "").map((line) => JSON.parse(line) as Entry);
  const asked = entries[record - 1];
  if (!asked) return undefined;
  const intents = (list: readonly Entry[]) => list.filter(({ type }) => type === "step-intent").length;
  const planned = entries.find(({ type }) => type === "deployment-start")?.plan?.steps.length ?? 0;
  return {
    askedAtMs: Date.parse(asked.at),
    inStep: asked.type === "step-intent",
    began: intents(entries.slice(record)),
    left: Math.max(0, planned - intents(entries)),
  };
}

/**
 * From the signal to the end of the command, milliseconds: twice what GitHub leaves between its asking and its kill. It takes less
 * than a second, also at a load of seven for each processor. But what the step still does gets 3 s, a command that it has started 5 s, and
 * then the candidate is taken away: where the engine itself has to wait for a processor that adds up to more than GitHub's 10 s,
 * without anybody having ignored anything.
 */
export const longestStopMs = 20_000;

/** What is wrong with how a command obeyed, in words. `isDead`: the signal ended it, or it said that it was interrupted. Pure. */
export function unheeded(stop: OrderlyStop, ended: Ended, isDead: boolean, ms: number): readonly string[] {
  const { inStep, began, left } = stop;
  // A signal comes in the turn after its record: in the step that has begun, or when the next one has.
  const mayBegin = inStep ? 0 : 1;
  const seconds = (span: number) => `${(span / 1_000).toFixed(1)} s`;
  return [
    ...(began > mayBegin ? [`steps that it began after it was asked to stop: ${began}`] : []),
    // Where that one was the last, all is done.
    ...(!isDead && left > 0 ? [`asked to stop it ended with ${ended.exitCode}: ${reasonOf(ended)}`] : []),
    ...(ms > longestStopMs
      ? [`it ended ${seconds(ms)} after it was asked to stop, ${seconds(longestStopMs)} at most`]
      : []),
  ];
}

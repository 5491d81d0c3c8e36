import type { Finding, Slot, SluiceEvent, Verdict } from "@sluice/core";

/**
 * What a deployment saw between its steps, kept for its report. `at` is ISO 8601, UTC. Observations ride on the record
 * that is written anyway, the outcome of a step or the end: they cost no write of their own, and no write of theirs can
 * fail. What a killed run saw since its last record is lost.
 */
export type Observation = { readonly at: string } & (
  | { readonly type: "share-change"; readonly service: string; readonly slot: Slot; readonly share: number }
  | { readonly type: "verdict"; readonly step: string; readonly verdict: Verdict }
  | { readonly type: "finding"; readonly finding: Finding }
  | {
      readonly type: "error";
      readonly code: string;
      readonly message: string;
      readonly hint?: string;
      readonly detail?: string;
    }
);

/** Most observations that one record carries, the newest: a step that errs without end fills no disk. */
const keptObservations = 200;
/** Characters of an error's or a verdict's detail that the record keeps. */
const keptDetail = 4_000;

export class Observations {
  #pending: Observation[] = [];

  /** Keeps an event that the report needs; others are left to the event sink. */
  note(event: SluiceEvent): void {
    const observation = observationOf(event);
    if (!observation) return;
    this.#pending.push(observation);
    if (this.#pending.length > keptObservations) this.#pending.shift();
  }

  /** Writes with what is pending; what could not be written stays for the next record. */
  async carry<T>(write: (carried: { readonly observations?: readonly Observation[] }) => Promise<T>): Promise<T> {
    const carried = [...this.#pending];
    const result = await write(carried.length > 0 ? { observations: carried } : {});
    this.#pending = this.#pending.filter((observation) => !carried.includes(observation));
    return result;
  }
}

function observationOf(event: SluiceEvent): Observation | null {
  const { at } = event;
  switch (event.type) {
    case "share-change": {
      const { type, service, slot, share } = event;
      return { at, type, service, slot, share };
    }
    case "verdict": {
      const { type, step, verdict } = event;
      return { at, type, step, verdict: withShortDetail(verdict) };
    }
    case "finding":
      return { at, type: event.type, finding: event.finding };
    case "error": {
      const { type, code, message, hint, detail } = withShortDetail(event);
      return { at, type, code, message, ...(hint ? { hint } : {}), ...(detail ? { detail } : {}) };
    }
    case "deployment-start":
    case "plan":
    case "step-start":
    case "step-progress":
    case "step-end":
    case "output-line":
    case "deployment-end":
      return null;
  }
}

function withShortDetail<T extends { readonly detail?: string | undefined }>(value: T): T {
  const { detail } = value;
  return detail && detail.length > keptDetail ? { ...value, detail: `${detail.slice(0, keptDetail)} …` } : value;
}

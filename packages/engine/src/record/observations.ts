import { keepStart, type Observation, type SluiceEvent } from "@sluice/core";

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
    case "rehearsal": {
      const { type, step, rehearsal } = event;
      return { at, type, step, rehearsal };
    }
    case "error": {
      const { type, code, message, hint, detail } = withShortDetail(event);
      return { at, type, code, message, ...(hint ? { hint } : {}), ...(detail ? { detail } : {}) };
    }
    case "deployment-start":
    case "plan":
    case "step-start":
    case "step-progress":
    case "step-end":
    case "order":
    case "person-wanted":
    case "output-line":
    case "deployment-end":
      return null;
  }
}

function withShortDetail<T extends { readonly detail?: string | undefined }>(value: T): T {
  const { detail } = value;
  return detail && detail.length > keptDetail ? { ...value, detail: keepStart(detail, keptDetail) } : value;
}

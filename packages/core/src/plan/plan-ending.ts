import type { Config } from "../config/schema.ts";
import type { ServiceFacts } from "../model/service.ts";
import type { Slot } from "../model/slot.ts";
import { type AddStep, shortStepMs } from "./collect-steps.ts";

interface EndingScope {
  readonly candidate: Slot;
  readonly previous: Slot | null;
  readonly webs: readonly ServiceFacts[];
  readonly workers: readonly ServiceFacts[];
  readonly config: Config;
}

/** After cutover: workers, drain, bake, promote, and what becomes of the previous release. */
export function addEnding(add: AddStep, { candidate, previous, webs, workers, config }: EndingScope): void {
  const services = webs.map(({ name }) => name);
  addWorkers(add, candidate, workers);
  if (previous && webs.length > 0) {
    addDrain(add, previous, services, config, "requests that the previous accepted may end");
    const { bake } = config.rollout;
    if (bake > 0) {
      const cause = "watched while the previous is warm";
      const target = `slot ${candidate}`;
      add({ kind: "bake", slot: candidate, services, holdMs: bake, target, cause, timeoutMs: bake + shortStepMs });
    }
  }
  const cause = "the candidate is proven: it becomes the stable slot";
  add({ kind: "promote", slot: candidate, services, target: `slot ${candidate}`, cause });
  const { keep } = config.rollout;
  if (previous && keep !== "warm") {
    add({ kind: "retire", slot: previous, keep, target: `slot ${previous}`, cause: `rollout.keep is ${keep}` });
  }
}

export function addWorkers(add: AddStep, slot: Slot, workers: readonly ServiceFacts[]): void {
  if (workers.length === 0) return;
  const overlap = workers.every((worker) => worker.overlap);
  const services = workers.map(({ name }) => name);
  add({
    kind: "workers",
    slot,
    services,
    overlap,
    target: services.join(", "),
    cause: overlap
      ? "they may overlap: new ones start, then old ones stop"
      : "never two of one: old ones stop, then new ones start",
    timeoutMs: Math.max(...workers.map((worker) => worker.startBudget.timeoutMs + worker.stopGraceMs)) + shortStepMs,
  });
}

export function addDrain(add: AddStep, slot: Slot, services: readonly string[], config: Config, cause: string): void {
  const drainTimeoutMs = config.traffic.drain.timeout;
  const timeoutMs = drainTimeoutMs + shortStepMs;
  add({ kind: "drain", slot, services, drainTimeoutMs, timeoutMs, target: `slot ${slot}`, cause });
}

import { atLeast, atMost, type Figures } from "../result.ts";
import type { Kind } from "./clients.ts";

/** A deployment and the way back, as users met it. */
export interface FlipRun {
  readonly kind: Kind;
  readonly requests: number;
  readonly failures: readonly string[];
  readonly restless: readonly string[];
}

/** What is asked of runs, of each way to tell users apart: nobody is restless, nothing is lost, and there were enough to show it. Pure. */
export function flipFigures(kinds: readonly Kind[], runs: readonly FlipRun[], clients: number): Figures {
  const figures = kinds.map((kind) =>
    figuresOf(
      kind,
      runs.filter((run) => run.kind === kind),
      clients,
    ),
  );
  return Object.assign({}, ...figures);
}

function figuresOf(kind: Kind, runs: readonly FlipRun[], clients: number): Figures {
  const sum = (of: (run: FlipRun) => number) => runs.reduce((total, run) => total + of(run), 0);
  const restless = sum((run) => run.restless.length);
  const lost = sum(({ failures }) => failures.length);
  return {
    [`${kind}_runs`]: atLeast(runs.length, 1),
    [`${kind}_users_restless`]: atMost(restless, 0),
    [`${kind}_requests_lost`]: atMost(lost, 0),
    [`${kind}_requests`]: atLeast(
      sum(({ requests }) => requests),
      Math.max(1, clients * runs.length * 10),
    ),
  };
}

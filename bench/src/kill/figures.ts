import { atLeast, atMost, type Figures, shown } from "../result.ts";
import { isFailed } from "./kept-results.ts";
import type { KillResult } from "./observe-kill.ts";

export interface KillFacts {
  /** The last result of each case that was ever tried. */
  readonly results: readonly KillResult[];
  /** Cases that were wanted. */
  readonly wanted: number;
  /** Kinds of steps that a run of all cases must have deaths in, or right after. */
  readonly kinds: readonly string[];
  /** All cases were wanted. */
  readonly isAll: boolean;
  /** Of `audit verify`; `null` where a signal ended it. */
  readonly auditExitCode: number | null;
}

/** What is asked of cases that end commands: each was tried, users lost nothing, and each ended as it must. Pure. */
export function killFigures({ results, wanted, kinds, isAll, auditExitCode }: KillFacts): Figures {
  const sum = (of: (result: KillResult) => number) => results.reduce((total, result) => total + of(result), 0);
  const lost = sum((result) => result.lost);
  const stops = results.flatMap(({ stopMs = [] }) => stopMs);
  return {
    cases: atLeast(results.length, 1),
    cases_left: atMost(wanted - results.length, 0),
    deaths: shown(sum(({ deaths }) => deaths)),
    requests: shown(sum(({ requests }) => requests)),
    lost: atMost(lost, 0),
    wrong_endings: atMost(results.filter(isFailed).length, 0),
    ...(stops.length > 0 ? { slowest_stop_s: shown(Math.max(...stops) / 1_000) } : {}),
    audit_exit_code: atMost(auditExitCode ?? Number.NaN, 0),
    ...deathsBySteps(results, kinds, isAll && results.length === wanted),
  };
}

/** In how many deaths each step that matters most had begun or was just over. */
function deathsBySteps(results: readonly KillResult[], kinds: readonly string[], isWhole: boolean): Figures {
  return Object.fromEntries(
    kinds.map((kind) => {
      const count = results.flatMap(({ diedIn = [] }) => diedIn).filter((where) => where.endsWith(kind)).length;
      return [`deaths_at_${kind}`, isWhole ? atLeast(count, 1) : shown(count)];
    }),
  );
}

import { UsageError } from "../options.ts";

/** A way in which a version of the shop is bad. */
export interface BadCase {
  /** As `make-release.mjs` names it. */
  readonly mode: string;
  readonly what: string;
  /** Exit codes that tell the truth: 20 where nobody met it, 21 where users had. */
  readonly exitCodes: readonly number[];
  /** Requests may not be lost to it at all, from the command's start to the end of the load. */
  readonly losesNone: boolean;
  /** Milliseconds that most requests take of the good version before it, and of itself without its fault. Default 0. */
  readonly baseMs?: number;
}

export const badCases: readonly BadCase[] = [
  { mode: "err20", what: "20 % errors", exitCodes: [21], losesNone: false },
  { mode: "crash", what: "crashes after 20 s", exitCodes: [20, 21], losesNone: true },
  { mode: "slow", what: "far slower", exitCodes: [21], losesNone: true },
  // Of requests that take a few milliseconds twice as long is nothing: below 200 ms nothing counts as slow.
  { mode: "slow2x", what: "twice as slow", exitCodes: [21], losesNone: true, baseMs: 160 },
  { mode: "leak", what: "leaks memory", exitCodes: [21], losesNone: false },
  { mode: "errroute", what: "errors on one route", exitCodes: [21], losesNone: false },
  { mode: "unhealthy", what: "never healthy", exitCodes: [20], losesNone: true },
];

/** Those that are over soon. */
const quickModes: readonly string[] = ["err20", "crash", "errroute", "unhealthy"];

/**
 * The bad versions that a person has named, with commas between; otherwise all, or the quick ones.
 *
 * @throws UsageError for a name that is none
 */
export function readCases(text: string | undefined, { quick }: { readonly quick: boolean }): readonly BadCase[] {
  const all = badCases.map(({ mode }) => mode);
  const modes = text?.split(",") ?? (quick ? quickModes : all);
  const unknown = modes.find((mode) => !all.includes(mode));
  if (unknown !== undefined) throw new UsageError(`unknown case "${unknown}": ${all.join(", ")}`);
  return badCases.filter(({ mode }) => modes.includes(mode));
}

/** A way in which a version of the shop is bad. */
export interface BadCase {
  /** As `make-release.mjs` names it. */
  readonly mode: string;
  readonly what: string;
  /** Exit codes that tell the truth: 20 where nobody met it, 21 where users had. */
  readonly exitCodes: readonly number[];
  /** Requests may not be lost to it at all. */
  readonly losesNone: boolean;
}

export const badCases: readonly BadCase[] = [
  { mode: "err20", what: "20 % errors", exitCodes: [21], losesNone: false },
  { mode: "crash", what: "crashes after 20 s", exitCodes: [20, 21], losesNone: true },
  { mode: "slow", what: "far slower", exitCodes: [21], losesNone: true },
  { mode: "leak", what: "leaks memory", exitCodes: [21], losesNone: false },
  { mode: "errroute", what: "errors on one route", exitCodes: [21], losesNone: false },
  { mode: "unhealthy", what: "never healthy", exitCodes: [20], losesNone: true },
];

/** Those that are over soon. */
export const quickModes: readonly string[] = ["err20", "crash", "errroute", "unhealthy"];

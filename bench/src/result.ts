import { formatNumber, formatTable } from "./table.ts";

/** A figure with its limit, upper or lower; without a limit it is only shown. */
export interface Figure {
  readonly value: number;
  readonly atMost?: number;
  readonly atLeast?: number;
  /** Present exactly where a limit is. */
  readonly pass?: boolean;
}

export type Figures = Readonly<Record<string, Figure>>;
/** Figures without limits, by name. The unit is the end of the name: `_ms`, `_s`, `_percent`. */
export type Numbers = Readonly<Record<string, number>>;

/** What a bench has to say, in one object: the last line of its output. */
export interface BenchResult {
  readonly bench: string;
  readonly pass: boolean;
  readonly figures: Figures;
  /** Other ways to deploy, measured beside. */
  readonly peers: Readonly<Record<string, Numbers>>;
  /** What the machine and Docker themselves take. */
  readonly floor: Numbers;
}

export const shown = (value: number): Figure => ({ value: round(value) });

/** A figure that passes up to `limit`, itself included. A value that could not be measured (NaN) does not pass. */
export const atMost = (value: number, limit: number): Figure => ({
  value: round(value),
  atMost: round(limit),
  pass: value <= limit,
});

/** A figure that must reach `least`. A value that could not be measured (NaN) does not. */
export const atLeast = (value: number, least: number): Figure => ({
  value: round(value),
  atLeast: round(least),
  pass: value >= least,
});

/** Passes when every figure with a limit does, and there is at least one. */
export function conclude(result: Omit<BenchResult, "pass">): BenchResult {
  const gates = Object.values(result.figures).filter(({ pass }) => pass !== undefined);
  const { bench, ...rest } = result;
  return { bench, pass: gates.length > 0 && gates.every(({ pass }) => pass), ...rest };
}

/** The table for people: the figures with their limits, the peers beside them. */
export function formatResult({ bench, pass, figures, peers, floor }: BenchResult): string {
  const peerNames = Object.keys(peers);
  const names = [...new Set([...Object.keys(figures), ...Object.values(peers).flatMap((own) => Object.keys(own))])];
  const cell = (value: number | undefined) => (value === undefined ? "" : formatNumber(value));
  const rows = names.map((name) => {
    const figure = figures[name];
    return [name, cell(figure?.value), ...limitOf(figure), ...peerNames.map((peer) => cell(peers[peer]?.[name]))];
  });
  const floorRows = Object.entries(floor).map(([name, value]) => [name, formatNumber(value)]);
  return [
    formatTable([[bench, "sluice", "limit", "", ...peerNames], ...rows]),
    ...(floorRows.length > 0 ? ["", formatTable([["floor", ""], ...floorRows])] : []),
    "",
    `${bench}: ${pass ? "pass" : "FAILED"}`,
  ].join("\n");
}

function limitOf({ atMost: most, atLeast: least, pass }: Partial<Figure> = {}): [string, string] {
  const verdict = pass === undefined ? "" : pass ? "ok" : "FAILED";
  if (most !== undefined) return [`<= ${formatNumber(most)}`, verdict];
  return [least === undefined ? "" : `>= ${formatNumber(least)}`, verdict];
}

/** The machine's line. A figure that is not a number becomes null. */
export const resultLine = (result: BenchResult): string => JSON.stringify(result);

const round = (value: number): number => Math.round(value * 1_000) / 1_000;

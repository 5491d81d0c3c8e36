import type { AnalysisResults } from "../analysis-limits.ts";
import type { Kept } from "../kept.ts";
import type { Piece } from "./pieces.ts";

export interface PieceOptions {
  readonly kept: Kept;
  /** Begins no piece after this time. */
  readonly seconds: number;
  readonly say: (text: string) => void;
}

/**
 * Measures what has not been measured yet.
 *
 * @throws Error where the time was over before the last one; what was measured is kept
 */
export async function measurePieces(
  pieces: readonly Piece[],
  { kept, seconds, say }: PieceOptions,
): Promise<AnalysisResults> {
  const endsMs = performance.now() + seconds * 1_000;
  for (const [index, { key, measure }] of pieces.entries()) {
    if (kept.has(key)) continue;
    if (performance.now() > endsMs) {
      throw new Error(`not finished: ${index} of ${pieces.length} are measured, run it again with the same file`);
    }
    await kept.add(key, measure());
    say(`${index + 1}/${pieces.length} ${key}`);
  }
  const of = (kind: Piece["kind"]) => pieces.filter((one) => one.kind === kind).map(({ key }) => kept.get(key));
  return {
    cells: of("cells"),
    bursts: of("bursts"),
    latencies: of("latencies"),
    deployments: of("deployments"),
  } as unknown as AnalysisResults;
}

import type { AnalysisResults } from "../analysis-limits.ts";
import { cellsOf, deploymentCellsOf, type Extent } from "./cells.ts";
import { measureBurst, measureCell, measureLatency } from "./measure-cells.ts";
import { measureDeployments } from "./measure-deployments.ts";

/** What can be measured by itself, and kept. */
export interface Piece {
  readonly kind: keyof AnalysisResults;
  /** Says all that the result depends on but the code. */
  readonly key: string;
  readonly measure: () => unknown;
}

/** All that is simulated, in the order of the tables. */
export function piecesOf(extent: Extent, seed: number): readonly Piece[] {
  const { rates, shares, crowds, runs } = extent;
  const piece = (kind: Piece["kind"], name: string, measure: () => unknown): Piece => ({
    kind,
    key: `${kind} ${name}, ${runs} runs, seed ${seed}`,
    measure,
  });
  const cells = cellsOf(extent).map((cell, index) => {
    const { share, base } = cell.scenario;
    const name = `${cell.rate} ${share * 100} % of base ${base * 100} %, number ${index + 1}`;
    return piece("cells", name, () => measureCell(cell, runs, seed + index));
  });
  const bursts = rates
    .filter(({ perSecond }) => perSecond <= 100)
    .flatMap((rate) =>
      shares.flatMap((share) =>
        [40, 400].map((clients) =>
          piece("bursts", `${rate.name} ${share} % of ${clients} clients`, () =>
            measureBurst(rate, { share, clients }, runs, seed),
          ),
        ),
      ),
    );
  const latencies = rates
    .filter(({ perSecond }) => perSecond >= 10 && perSecond <= 1_000)
    .flatMap((rate) =>
      shares
        .filter((share) => share === 5 || share === 50)
        .flatMap((share) =>
          crowds.map((clients) =>
            piece("latencies", `${rate.name} ${share} % of ${clients} clients`, () =>
              measureLatency(rate, { share, clients }, runs, seed),
            ),
          ),
        ),
    );
  const deployments = deploymentCellsOf(extent).map((cell, index) => {
    const { rate, base, clients, steps } = cell;
    const name = `${rate.name} base ${base} % of ${clients} clients, steps ${steps}`;
    return piece("deployments", name, () => measureDeployments(cell, runs, seed + index));
  });
  return [...cells, ...bursts, ...latencies, ...deployments];
}

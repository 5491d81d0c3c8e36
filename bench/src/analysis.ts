// Whether the judgement keeps good versions and throws bad ones away: simulated, beside a fixed threshold.
import { parseArgs } from "node:util";
import { cellsOf, fullExtent, quickExtent } from "./analysis/cells.ts";
import { measureBursts, measureCell, measureLatencies } from "./analysis/measure-cells.ts";
import { analysisTables } from "./analysis/tables.ts";
import { analysisFigures } from "./analysis-limits.ts";
import { conclude } from "./result.ts";
import { runSimulation } from "./run-bench.ts";

const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    runs: { type: "string" },
    seed: { type: "string", default: "20261126" },
  },
});
const runs = Number(values.runs ?? (values.quick ? 200 : 1_000));
const seed = Number(values.seed);

await runSimulation(async () => {
  const beganMs = performance.now();
  const extent = values.quick ? quickExtent(runs) : fullExtent(runs);
  const cells = cellsOf(extent).map((cell, index) => measureCell(cell, runs, seed + index));
  const bursts = measureBursts({ ...extent, runs: Math.ceil(runs / 2) }, seed);
  const latencies = measureLatencies({ ...extent, runs: Math.ceil(runs / 2) }, seed);
  process.stdout.write(`${analysisTables({ cells, bursts, latencies })}\n\n`);
  const { figures, peers } = analysisFigures({ cells, bursts, latencies });
  const floor = { runs_per_cell: runs, cells: cells.length, wall_s: (performance.now() - beganMs) / 1_000 };
  return { result: conclude({ bench: "analysis", figures, peers, floor }), details: { cells, bursts, latencies } };
});

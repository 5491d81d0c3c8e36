// Whether the judgement keeps good versions and throws bad ones away: simulated, beside a fixed threshold.
import { parseArgs } from "node:util";
import { fullExtent, quickExtent } from "./analysis/cells.ts";
import { measurePieces } from "./analysis/measure-pieces.ts";
import { piecesOf } from "./analysis/pieces.ts";
import { analysisTables } from "./analysis/tables.ts";
import { analysisFigures } from "./analysis-limits.ts";
import { Kept } from "./kept.ts";
import { conclude } from "./result.ts";
import { runSimulation } from "./run-bench.ts";
import { formatMarkdownTable, formatTable } from "./table.ts";

const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    runs: { type: "string" },
    seed: { type: "string", default: "20261126" },
    /** Keeps results here, and takes those that it holds: a long run may be made of short ones. */
    resume: { type: "string" },
    /** With `--resume`: begins nothing after this time. */
    seconds: { type: "string" },
    /** Tables for the docs. */
    markdown: { type: "boolean", default: false },
  },
});
const runs = Number(values.runs ?? (values.quick ? 200 : 1_000));
const seed = Number(values.seed);

await runSimulation(async () => {
  const beganMs = performance.now();
  const extent = values.quick ? quickExtent(runs) : fullExtent(runs);
  const { cells, bursts, latencies } = await measurePieces(piecesOf(extent, seed), {
    kept: await Kept.open(values.resume),
    seconds: values.resume && values.seconds ? Number(values.seconds) : Number.POSITIVE_INFINITY,
    say: (text) => void process.stderr.write(`bench: ${text}\n`),
  });
  const format = values.markdown ? formatMarkdownTable : formatTable;
  process.stdout.write(`${analysisTables({ cells, bursts, latencies }, format)}\n\n`);
  const { figures, peers } = analysisFigures({ cells, bursts, latencies });
  const floor = { runs_per_cell: runs, cells: cells.length, wall_s: (performance.now() - beganMs) / 1_000 };
  return { result: conclude({ bench: "analysis", figures, peers, floor }), details: { cells, bursts, latencies } };
});

// Whether the judgement keeps good versions and throws bad ones away: simulated, beside a fixed threshold.
import { fullExtent, quickExtent } from "./analysis/cells.ts";
import { measurePieces } from "./analysis/measure-pieces.ts";
import { piecesOf } from "./analysis/pieces.ts";
import { analysisTables } from "./analysis/tables.ts";
import { analysisFigures } from "./analysis-limits.ts";
import { Kept } from "./kept.ts";
import { readOptions } from "./options.ts";
import { conclude } from "./result.ts";
import { runSimulation } from "./run-bench.ts";
import { formatMarkdownTable, formatTable } from "./table.ts";

const values = readOptions({
  command: "bin/bench analysis",
  purpose: "Whether the judgement keeps good versions and throws bad ones away (simulated).",
  options: {
    quick: { type: "flag", says: "fewer cells" },
    runs: { type: "number", says: "of each cell (1000, or 200 with --quick)" },
    seed: { type: "number", default: 20261126, says: "same seed, same figures" },
    resume: { type: "text", says: "file that keeps results: a long run may be made of short ones" },
    seconds: { type: "number", says: "with --resume: begin nothing after this time" },
    markdown: { type: "flag", says: "tables for the docs" },
  },
});
const { seed } = values;
const runs = values.runs ?? (values.quick ? 200 : 1_000);

await runSimulation(async () => {
  const beganMs = performance.now();
  const extent = values.quick ? quickExtent(runs) : fullExtent(runs);
  const results = await measurePieces(piecesOf(extent, seed), {
    kept: await Kept.open(values.resume),
    seconds: (values.resume ? values.seconds : undefined) ?? Number.POSITIVE_INFINITY,
    say: (text) => void process.stderr.write(`bench: ${text}\n`),
  });
  const format = values.markdown ? formatMarkdownTable : formatTable;
  process.stdout.write(`${analysisTables(results, format)}\n\n`);
  const { figures, peers } = analysisFigures(results);
  const floor = { runs_per_cell: runs, cells: results.cells.length, wall_s: (performance.now() - beganMs) / 1_000 };
  return { result: conclude({ bench: "analysis", figures, peers, floor }), details: { ...results } };
});

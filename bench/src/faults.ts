// What goes wrong in the middle of a deployment: doors killed, the database made anew, memory, images, networks and
// containers taken away, the state home full, read-only or gone, the engine restarted. Each ends live or undone, says so
// truly, and the next deployment is an ordinary one. Needs the right to mount; engines are restarted that are its own.
// `--quick`: every second of them.
import {
  engineFaults,
  type Fault,
  type FaultOutcome,
  homeFaults,
  playFault,
  restartFaults,
} from "@sluice/testing/faults";
import { whyNoSecondEngine } from "@sluice/testing/second-engine";
import { faultFigures } from "./faults/figures.ts";
import { type FaultStage, openRestartStage, openStage } from "./faults/stages.ts";
import { partOf } from "./kill/part.ts";
import { readOptions, UsageError } from "./options.ts";
import { conclude } from "./result.ts";
import { runBench } from "./run-bench.ts";

const values = readOptions({
  command: "bin/bench faults",
  purpose: "What goes wrong in the middle of a deployment. Needs the right to mount.",
  options: {
    quick: { type: "flag", says: "every second of them" },
    only: { type: "text", default: "", says: "faults whose name has this text in it" },
    without: { type: "text", says: "none whose name has this text in it, such as restarted" },
    part: { type: "text", default: "1/1", says: "such as 2/6: the second of six parts" },
  },
});

const isWanted = ({ name }: Fault): boolean =>
  name.includes(values.only) && (values.without === undefined || !name.includes(values.without));

await runBench(async (session) => {
  const groups: readonly (readonly [typeof openStage, readonly Fault[]])[] = [
    [openStage, [...engineFaults, ...homeFaults]],
    [openRestartStage, restartFaults],
  ];
  const all = groups.flatMap(([open, faults]) => faults.map((fault) => ({ open, fault })));
  const wanted = all.filter(({ fault }) => isWanted(fault));
  if (wanted.length === 0) throw new UsageError("no fault has such a name: see --only and --without");
  const drawn = partOf(values.quick ? wanted.filter((_, index) => index % 2 === 0) : wanted, values.part);
  const why = whyNoSecondEngine();
  const chosen = drawn.filter(({ open }) => open !== openRestartStage || why === "");
  const leftOut = drawn.length - chosen.length;
  if (leftOut > 0) session.say(`${leftOut} restarts are left out, as there cannot be another engine here: ${why}`);
  const results: (FaultOutcome & { readonly name: string })[] = [];
  for (const [open] of groups) {
    const mine = chosen.filter((one) => one.open === open);
    if (mine.length === 0) continue;
    await using used = new AsyncDisposableStack();
    const { stage, release }: FaultStage = await open(session, used);
    for (const { fault } of mine) {
      session.signal.throwIfAborted();
      const outcome = await playFault(stage, fault, await release());
      results.push({ ...outcome, name: fault.name });
      const verdict = outcome.problems.length > 0 ? `FAILED: ${outcome.problems.join("; ")}` : "ok";
      const reason = outcome.reason === "" ? "" : ` (${outcome.reason})`;
      session.say(`${fault.name}: ${outcome.outcome}, exit code ${outcome.exitCode}${reason}: ${verdict}`);
    }
  }
  const figures = faultFigures(results, leftOut);
  return { result: conclude({ bench: "faults", figures, peers: {}, floor: {} }), details: results };
});

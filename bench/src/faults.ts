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
import { type FaultStage, openRestartStage, openStage } from "./faults/stages.ts";
import { partOf } from "./kill/part.ts";
import { readOptions } from "./options.ts";
import { atMost, conclude, shown } from "./result.ts";
import { runBench } from "./run-bench.ts";

const values = readOptions({
  command: "bin/bench faults",
  purpose: "What goes wrong in the middle of a deployment. Needs the right to mount.",
  options: {
    quick: { type: "flag", says: "every second of them" },
    only: { type: "text", default: "", says: "faults whose name has this text in it" },
    part: { type: "text", default: "1/1", says: "such as 2/6: the second of six parts" },
  },
});

await runBench(async (session) => {
  const without = whyNoSecondEngine();
  if (without !== "") session.say(`no engine is restarted, as there cannot be another one here: ${without}`);
  const groups: readonly (readonly [typeof openStage, readonly Fault[]])[] = [
    [openStage, [...engineFaults, ...homeFaults]],
    [openRestartStage, without === "" ? restartFaults : []],
  ];
  const all = groups.flatMap(([open, faults]) => faults.map((fault) => ({ open, fault })));
  const wanted = all.filter(({ fault }) => fault.name.includes(values.only));
  const chosen = partOf(values.quick ? wanted.filter((_, index) => index % 2 === 0) : wanted, values.part);
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
      const why = outcome.reason === "" ? "" : ` (${outcome.reason})`;
      session.say(`${fault.name}: ${outcome.outcome}, exit code ${outcome.exitCode}${why}: ${verdict}`);
    }
  }
  const wrong = results.filter(({ problems }) => problems.length > 0).length;
  const figures = { faults: shown(results.length), wrong_endings: atMost(wrong, 0) };
  return { result: conclude({ bench: "faults", figures, peers: {}, floor: {} }), details: results };
});

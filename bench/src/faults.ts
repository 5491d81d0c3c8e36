// What goes wrong in the middle of a deployment: doors killed, the database made anew, memory, images, networks and
// containers taken away, the state home full, read-only or gone. Each ends live or undone, says so truly, and the next
// deployment is an ordinary one. Needs the right to mount. `--quick`: every second of them.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { engineFaults, type FaultOutcome, homeFaults, networksOf, playFault } from "@sluice/testing/faults";
import { createCheckout } from "./checkout.ts";
import { crashStageOf } from "./crash-stage.ts";
import { partOf } from "./kill/part.ts";
import { run } from "./measure.ts";
import { readOptions } from "./options.ts";
import { mustSucceed } from "./peers/must-succeed.ts";
import { createSluicePeer } from "./peers/sluice.ts";
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
/** With room for the record and a few bundles, and soon full. */
const homeSize = "16m";
/** Users move in two steps and are watched for a while after, as nobody sees in no time that a candidate dies. */
const config = `rollout: { steps: [{ share: 50, for: 3s }, 100], bake: 3s }
releases: { keep: 20 }
traffic: { drain: { timeout: 1s } }
services:
  web: { health: { path: /healthz }, startTimeout: 3m }
`;

await runBench(async (session) => {
  const checkout = await createCheckout({
    directory: join(session.directory, "faults"),
    stack: `${session.prefix}faults`,
    startUpMs: 300,
    files: { "sluice.yaml": config },
  });
  const peer = createSluicePeer({ checkout, drainMs: 1_000 });
  const stage = await crashStageOf(session, peer);
  await mkdir(peer.stateHome);
  await run(["mount", "-t", "tmpfs", "-o", `size=${homeSize},mode=700`, "tmpfs", peer.stateHome]);
  try {
    for (const tag of ["v1", "v2"]) {
      await checkout.release(tag);
      mustSucceed("sluice", await peer.deploy(session.signal));
    }
    const settled = { ...stage, networks: await networksOf(checkout.stack) };
    const wanted = [...engineFaults, ...homeFaults].filter(({ name }) => name.includes(values.only));
    const chosen = partOf(values.quick ? wanted.filter((_, index) => index % 2 === 0) : wanted, values.part);
    const results: (FaultOutcome & { readonly name: string })[] = [];
    for (const [index, fault] of chosen.entries()) {
      session.signal.throwIfAborted();
      const release = `v${index + 3}`;
      await checkout.release(release);
      const outcome = await playFault(settled, fault, release);
      results.push({ ...outcome, name: fault.name });
      const verdict = outcome.problems.length > 0 ? `FAILED: ${outcome.problems.join("; ")}` : "ok";
      const why = outcome.reason === "" ? "" : ` (${outcome.reason})`;
      session.say(`${fault.name}: ${outcome.outcome}, exit code ${outcome.exitCode}${why}: ${verdict}`);
    }
    const wrong = results.filter(({ problems }) => problems.length > 0).length;
    const figures = { faults: shown(results.length), wrong_endings: atMost(wrong, 0) };
    return { result: conclude({ bench: "faults", figures, peers: {}, floor: {} }), details: results };
  } finally {
    // What a fault has laid over it, and the file system itself.
    for (const path of [stage.scratch, peer.stateHome]) await unmountAll(path);
  }
});

async function unmountAll(path: string): Promise<void> {
  for (let mounted = true; mounted; ) {
    mounted = await run(["umount", path]).then(
      () => true,
      () => false,
    );
  }
}

// What goes wrong in the middle of a deployment: a door killed, the database restarted or made anew, an image gone, the
// state home full, read-only or gone. Each ends live or undone, says so truly, and the next deployment is an ordinary one.
// Needs the right to mount. `--quick`: every second of them.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createCheckout } from "./checkout.ts";
import { faults } from "./faults/faults.ts";
import { type FaultResult, runFault } from "./faults/run-fault.ts";
import { networksOf } from "./kill/left-behind.ts";
import { run } from "./measure.ts";
import { mustSucceed } from "./peers/must-succeed.ts";
import { createSluicePeer, sluiceConfig } from "./peers/sluice.ts";
import { atMost, conclude, shown } from "./result.ts";
import { runBench } from "./run-bench.ts";

const { values } = parseArgs({
  options: { only: { type: "string", default: "" }, quick: { type: "boolean", default: false } },
});
/** With room for the record and a few bundles, and soon full. */
const homeSize = "16m";
const drainMs = 1_000;

await runBench(async (session) => {
  const checkout = await createCheckout({
    directory: join(session.directory, "faults"),
    stack: `${session.prefix}faults`,
    startUpMs: 300,
    files: { "sluice.yaml": sluiceConfig(drainMs) },
  });
  const peer = createSluicePeer({ checkout, drainMs });
  const scratch = join(session.directory, "scratch");
  await mkdir(scratch);
  await mkdir(peer.stateHome);
  await run(["mount", "-t", "tmpfs", "-o", `size=${homeSize},mode=700`, "tmpfs", peer.stateHome]);
  try {
    for (const tag of ["v1", "v2"]) {
      await checkout.release(tag);
      mustSucceed("sluice", await peer.deploy(session.signal));
    }
    const stage = { peer, scratch, networks: await networksOf(checkout.stack) };
    const wanted = faults.filter(({ name }) => name.includes(values.only));
    const chosen = values.quick ? wanted.filter((_, index) => index % 2 === 0) : wanted;
    const results: FaultResult[] = [];
    for (const [index, fault] of chosen.entries()) {
      session.signal.throwIfAborted();
      const release = `v${index + 3}`;
      await checkout.release(release);
      const result = await runFault(stage, fault, release);
      results.push(result);
      const verdict = result.problems.length > 0 ? `FAILED: ${result.problems.join("; ")}` : "ok";
      session.say(`${fault.name}: ${result.outcome}, exit code ${result.exitCode}, ${verdict}`);
    }
    const wrong = results.filter(({ problems }) => problems.length > 0).length;
    const figures = { faults: shown(results.length), wrong_endings: atMost(wrong, 0) };
    return { result: conclude({ bench: "faults", figures, peers: {}, floor: {} }), details: results };
  } finally {
    // What a fault has laid over it, and the file system itself.
    for (let mounted = true; mounted; )
      mounted = await run(["umount", peer.stateHome]).then(
        () => true,
        () => false,
      );
  }
});

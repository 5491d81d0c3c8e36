// What Sluice itself costs: with nothing to do, to be asked, in a deployment, and with more services.
import { join } from "node:path";
import { measureFloor, medianWall } from "./floor.ts";
import { median } from "./load/percentile.ts";
import { waitForQuiet } from "./load-average.ts";
import { createManyServices } from "./many-services.ts";
import { describeFailure, measure, run } from "./measure.ts";
import { releaseNext } from "./observe-change.ts";
import { readOptions } from "./options.ts";
import { overheadFigures } from "./overhead-limits.ts";
import { createComposePeer } from "./peers/compose.ts";
import { prepare } from "./peers/prepare-peer.ts";
import { createSluicePeer, type SluicePeer } from "./peers/sluice.ts";
import { conclude } from "./result.ts";
import { runBench } from "./run-bench.ts";
import type { Session } from "./session.ts";
import { containersOf } from "./stack-facts.ts";

const values = readOptions({
  command: "bin/bench overhead",
  purpose: "What Sluice itself costs.",
  options: {
    runs: { type: "number", default: 5, says: "of each kind" },
    "startup-ms": { type: "number", default: 2_000, says: "time from the shop's start to its readiness" },
    "quiet-s": { type: "number", default: 120, says: "seconds to wait for a quiet machine" },
  },
});
const { runs } = values;
const rounds = Array.from({ length: runs }, (_, index) => index + 1);
const stage = { startUpMs: values["startup-ms"], drainMs: 10_000 };

await runBench(async (session) => {
  const { signal } = session;
  const sluice = await prepare(session, "sluice", stage, createSluicePeer);
  const compose = await prepare(session, "compose", stage, createComposePeer);
  const { load, quiet } = await waitForQuiet({ timeoutMs: values["quiet-s"] * 1_000, signal });
  const floor = await measureFloor(session, [sluice]);
  const nodeMs = await medianWall(["node", "-e", "0"], runs);

  const composeOptions = {
    cwd: compose.checkout.directory,
    env: { COMPOSE_PROJECT_NAME: compose.checkout.stack },
    signal,
  };
  const options = { cwd: sluice.checkout.directory, signal };
  const noops: number[] = [];
  const composeNoops: number[] = [];
  let touched = 0;
  for (const _ of rounds) {
    // Without the job, which Compose would run again: that is no no-op.
    const up = ["docker", "compose", "up", "-d", "--no-deps", "web", "worker", "db"];
    composeNoops.push(await medianWall(up, 1, composeOptions));
    const noop = await deployNothing(sluice, signal);
    noops.push(noop.wallMs);
    touched += noop.touched;
  }
  const helpMs = await medianWall(sluice.command("--help"), runs, options);
  const statusMs = await medianWall(sluice.command("status"), runs, options);

  const deploys: DeployTimes[] = [];
  for (const _ of rounds) deploys.push(await deployNext(session, sluice));
  const two = await deployMany(session, 2);
  const twenty = await deployMany(session, 20);
  const figures = overheadFigures({
    noopMs: median(noops),
    composeNoopMs: median(composeNoops),
    touched,
    helpMs,
    statusMs,
    deployMs: median(deploys.map(({ wallMs }) => wallMs)),
    buildMs: median(deploys.map(({ steps }) => steps.build ?? 0)),
    startUpMs: (floor.start_up_s ?? Number.NaN) * 1_000,
    drainMs: median(deploys.map(({ steps }) => steps.drain ?? 0)),
    twoServicesMs: two.sluiceMs,
    twentyServicesMs: twenty.sluiceMs,
  });
  const peers = {
    compose: {
      noop_ms: median(composeNoops),
      deploy_2_services_ms: two.composeMs,
      deploy_20_services_ms: twenty.composeMs,
    },
  };
  const machine = { node_start_ms: nodeMs, load_average: load, busy_runs: quiet ? 0 : 1 };
  return {
    result: conclude({ bench: "overhead", figures, peers, floor: { ...floor, ...machine } }),
    details: { noops, composeNoops, deploys, two, twenty },
  };
});

async function deployNothing(sluice: SluicePeer, signal: AbortSignal) {
  const { stack } = sluice.checkout;
  const before = await containersOf(stack);
  const result = await sluice.deploy(signal);
  if (result.exitCode !== 0) throw new Error(describeFailure(["sluice deploy, with nothing to do"], result));
  const after = new Set(await containersOf(stack));
  return {
    wallMs: result.wallMs,
    touched: before.filter((row) => !after.has(row)).length + Math.max(0, after.size - before.length),
  };
}

interface DeployTimes {
  readonly wallMs: number;
  /** Milliseconds of the steps, summed by kind. */
  readonly steps: Readonly<Record<string, number>>;
}

/** One ordinary deployment without load, with the times of its steps. */
async function deployNext(session: Session, sluice: SluicePeer): Promise<DeployTimes> {
  const { next } = await releaseNext(session, sluice);
  const command = sluice.command("deploy", "--release", next, "--yes", "--json");
  const result = await measure(command, { cwd: sluice.checkout.directory, signal: session.signal });
  if (result.exitCode !== 0) throw new Error(describeFailure(command, result));
  const steps: Record<string, number> = {};
  for (const line of result.stdout.split("\n").filter(Boolean)) {
    const event = JSON.parse(line) as { type: string; kind?: string; durationMs?: number };
    if (event.type === "step-end" && event.kind) steps[event.kind] = (steps[event.kind] ?? 0) + (event.durationMs ?? 0);
  }
  session.say(`deployment of ${next}: ${Math.round(result.wallMs)} ms (${JSON.stringify(steps)})`);
  return { wallMs: result.wallMs, steps };
}

/** How long a release of a project with so many services takes, by Sluice and by Compose: medians. */
async function deployMany(session: Session, services: number): Promise<{ sluiceMs: number; composeMs: number }> {
  const { signal, prefix } = session;
  const project = await createManyServices(join(session.directory, `many${services}`), services);
  const home = join(session.directory, `many${services}-state`);
  const stack = `${prefix}many${services}`;
  const sluice = join(import.meta.dirname, "../../bin/sluice");
  const sluiceMs: number[] = [];
  const composeMs: number[] = [];
  const options = { cwd: project.directory, env: { COMPOSE_PROJECT_NAME: `${stack}-plain` }, signal };
  const common = ["-p", stack, "--state-home", home, "--yes"];
  for (const version of [0, ...rounds]) {
    await project.release(`v${version}`);
    const wall = await medianWall([sluice, "deploy", "--release", `v${version}`, ...common], 1, options);
    if (version > 0) sluiceMs.push(wall);
  }
  await removePublished(stack);
  for (const version of [0, ...rounds]) {
    await project.release(`w${version}`);
    const wall = await medianWall(["docker", "compose", "up", "-d"], 1, options);
    if (version > 0) composeMs.push(wall);
  }
  await run(["docker", "compose", "down", "-t", "1"], options);
  session.say(
    `${services} services: sluice ${Math.round(median(sluiceMs))} ms, compose ${Math.round(median(composeMs))} ms`,
  );
  return { sluiceMs: median(sluiceMs), composeMs: median(composeMs) };
}

/** Both publish the same port, one after the other. */
async function removePublished(stack: string): Promise<void> {
  const names = (await run(["docker", "ps", "-a", "--format", "{{.Names}}", "--filter", `name=${stack}`])).split("\n");
  await run(["docker", "rm", "-f", "-v", ...names.filter((name) => name.startsWith(`${stack}-`))]);
}

// Whether users stay where they are: each meets a new version once while its share grows, and once goes back with the way
// back; told apart by cookie, by a header, and by addresses from network namespaces of their own.
import { type ClientView, type Kind, kinds, startClients } from "./flips/clients.ts";
import { type FlipRun, flipFigures } from "./flips/figures.ts";
import { restless } from "./flips/turns.ts";
import { Kept } from "./kept.ts";
import { measure } from "./measure.ts";
import { readOptions } from "./options.ts";
import { mustSucceed } from "./peers/must-succeed.ts";
import { prepare } from "./peers/prepare-peer.ts";
import { createSluicePeer, type SluicePeer } from "./peers/sluice.ts";
import { conclude } from "./result.ts";
import { runBench } from "./run-bench.ts";
import type { Session } from "./session.ts";

const values = readOptions({
  command: "bin/bench flips",
  purpose: "Whether a user meets a new version once, and leaves it once.",
  options: {
    runs: { type: "number", default: 5, says: "for each way to tell users apart" },
    by: { type: "names", of: kinds, says: "ways to tell users apart" },
    clients: { type: "number", default: 40, says: "users" },
    namespaces: { type: "number", default: 10, says: "network namespaces that they are in, each with an address" },
    resume: { type: "text", says: "file that keeps the runs: those that it holds are not repeated" },
  },
});

const steps = "[{ share: 10, for: 3s }, { share: 40, for: 3s }, { share: 70, for: 3s }, 100]";
const stickiness: Readonly<Record<Kind, string>> = { cookie: "cookie", header: "{ header: x-session }", ip: "ip" };

const configOf = (kind: Kind): string => `rollout: { steps: ${steps}, bake: 0s }
releases: { keep: 20 }
traffic: { sticky: ${stickiness[kind]}, drain: { timeout: 2s } }
services:
  web: { health: { path: /healthz }, startTimeout: 3m }
`;

await runBench(async (session) => {
  const kept = await Kept.open(values.resume);
  const keyOf = (kind: Kind, round: number) => `${kind} ${round} of ${values.clients} in ${values.namespaces}`;
  const rounds = Array.from({ length: values.runs }, (_, index) => index + 1);
  for (const kind of values.by) {
    const open = rounds.filter((round) => !kept.has(keyOf(kind, round)));
    if (open.length === 0) continue;
    const files = { "sluice.yaml": configOf(kind) };
    const stage = { startUpMs: 300, drainMs: 2_000 };
    const peer = await prepare(session, `flips-${kind}`, stage, createSluicePeer, files);
    for (const round of open) await kept.add(keyOf(kind, round), await observeRun(session, peer, kind, round));
  }
  const runs = values.by.flatMap((kind) => rounds.map((round) => kept.get(keyOf(kind, round)) as FlipRun));
  const figures = flipFigures(values.by, runs, values.clients);
  return { result: conclude({ bench: "flips", figures, peers: {}, floor: {} }), details: { runs } };
});

async function observeRun(session: Session, peer: SluicePeer, kind: Kind, round: number): Promise<FlipRun> {
  const { stack, directory } = peer.checkout;
  const next = `v${round + 1}`;
  await peer.checkout.release(next);
  const clients = await startClients({
    prefix: `${session.prefix}${kind}-`,
    network: `${stack}_default`,
    url: "http://web:8080",
    kind,
    clients: values.clients,
    namespaces: values.namespaces,
  });
  const back = peer.command("rollback", "--yes");
  const results = [await peer.deploy(session.signal), await measure(back, { cwd: directory, signal: session.signal })];
  // The last one that asks has met the version before by then.
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const views = await clients.stop();
  for (const result of results) mustSucceed("sluice", result);
  const run = runOf(kind, views, { old: "v1", next });
  session.say(`${kind} ${round}/${values.runs}: ${run.requests} requests, ${run.failures.length} lost`);
  for (const one of run.restless) session.say(`  ${one}`);
  return run;
}

function runOf(
  kind: Kind,
  views: readonly ClientView[],
  way: { readonly old: string; readonly next: string },
): FlipRun {
  return {
    kind,
    requests: views.reduce((total, { requests }) => total + requests, 0),
    failures: views.flatMap(({ failures }) => failures),
    restless: restless(views, way),
  };
}

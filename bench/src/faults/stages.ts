import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type CrashStage, networksOf, runSluice } from "@sluice/testing/faults";
import { startSecondEngine } from "@sluice/testing/second-engine";
import { createCheckout, shopImages } from "../checkout.ts";
import { crashStageOf } from "../crash-stage.ts";
import { run } from "../measure.ts";
import { createSluicePeer } from "../peers/sluice.ts";
import type { Session } from "../session.ts";

/** A stack that two good deployments have brought up. */
export interface FaultStage {
  readonly stage: CrashStage;
  /** Commits and tags another version, which is checked out then; its tag. */
  readonly release: () => Promise<string>;
}

/** With room for the record and a few bundles, and soon full. */
const homeSize = "16m";
/**
 * Users move in two steps and are watched for a while after, as nobody sees in no time that a candidate dies. The
 * previous is stopped in the end, which is one moment more at which something may go wrong.
 */
const config = `rollout: { steps: [{ share: 50, for: 3s }, 100], bake: 3s, keep: stopped }
releases: { keep: 20 }
traffic: { drain: { timeout: 1s } }
services:
  web: { health: { path: /healthz }, startTimeout: 3m }
`;

/** On the machine's engine. The state home is a small file system of its own. */
export async function openStage(session: Session, used: AsyncDisposableStack): Promise<FaultStage> {
  const { stage, release } = await prepare(session, "faults");
  await mkdir(stage.stateHome);
  await run(["mount", "-t", "tmpfs", "-o", `size=${homeSize},mode=700`, "tmpfs", stage.stateHome]);
  // What a fault has laid over it, and the file system itself.
  used.defer(() => unmountAll(stage.stateHome));
  used.defer(() => unmountAll(stage.scratch));
  return bringUp(stage, release);
}

/** On an engine of its own, which may be restarted. */
export async function openRestartStage(session: Session, used: AsyncDisposableStack): Promise<FaultStage> {
  const images = [...Object.values(shopImages()), process.env.DOOR_IMAGE ?? "sluice/door:3.0"];
  const engine = used.use(await startSecondEngine({ images }));
  const { stage, release, port } = await prepare(session, "restarts");
  const env = { ...stage.env, DOCKER_HOST: engine.host, SHOP_PORT: String(port) };
  return bringUp({ ...stage, url: `http://${engine.address}:${port}`, env, engine }, release);
}

async function prepare(session: Session, name: string) {
  const checkout = await createCheckout({
    directory: join(session.directory, name),
    stack: `${session.prefix}${name}`,
    startUpMs: 300,
    files: { "sluice.yaml": config },
  });
  const stage = await crashStageOf(session, createSluicePeer({ checkout, drainMs: 1_000 }), `${name}-scratch`);
  let count = 0;
  const release = async () => {
    const tag = `v${(count += 1)}`;
    await checkout.release(tag);
    return tag;
  };
  return { stage, release, port: checkout.port };
}

async function bringUp(stage: CrashStage, release: FaultStage["release"]): Promise<FaultStage> {
  for (let left = 2; left > 0; left -= 1) {
    const { exitCode, stdout } = await runSluice(stage, ["deploy", "--release", await release(), "--yes"]);
    if (exitCode !== 0) throw new Error(`a good deployment ended with ${exitCode}: ${stdout.slice(-500)}`);
  }
  return { stage: { ...stage, networks: await networksOf(stage) }, release };
}

async function unmountAll(path: string): Promise<void> {
  for (let mounted = true; mounted; ) {
    mounted = await run(["umount", path]).then(
      () => true,
      () => false,
    );
  }
}

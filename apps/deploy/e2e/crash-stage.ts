import { mkdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type CrashStage, type Extents, networksOf, runSluice } from "@sluice/testing/faults";
import { launcher } from "./cli.ts";
import type { Shop } from "./harness.ts";

/** A shop that two good deployments and a way back have brought up, and how much these write and take. */
export async function settle(shop: Shop): Promise<{ readonly stage: CrashStage; readonly extents: Extents }> {
  const directory = dirname(shop.checkout);
  const stage: CrashStage = {
    stack: shop.stack,
    checkout: shop.checkout,
    stateHome: shop.env["SLUICE_HOME"] ?? "",
    url: `http://127.0.0.1:${shop.port}`,
    command: [process.execPath, launcher],
    options: [...shop.options, "--env", "sudden"],
    env: shop.env,
    networks: [],
    scratch: join(directory, "scratch"),
  };
  await mkdir(stage.scratch);
  const records = async () =>
    (await readFile(join(stage.stateHome, "journal.ndjson"), "utf8").catch(() => "")).split("\n").length;
  const extentOf = async (...args: readonly string[]) => {
    const before = await records();
    const { exitCode, ms, stdout } = await runSluice(stage, args);
    if (exitCode !== 0) throw new Error(`${args.join(" ")} ended with ${exitCode}:\n${stdout.slice(-2_000)}`);
    return { records: (await records()) - before, ms };
  };
  await shop.release("v1");
  await extentOf("deploy", "--release", "v1");
  await shop.release("v2");
  const extents = { deploy: await extentOf("deploy", "--release", "v2"), rollback: await extentOf("rollback") };
  return { stage: { ...stage, networks: await networksOf(stage) }, extents };
}

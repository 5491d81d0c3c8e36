import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type CrashStage, networksOf, playFault, restartFaults } from "@sluice/testing/faults";
import { type SecondEngine, startSecondEngine, whyNoSecondEngine } from "@sluice/testing/second-engine";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launcher } from "./cli.ts";
import { openShop, patience, type Shop } from "./harness.ts";

/** `bin/bench faults` has all of them. Without live-restore, one that was killed leaves down whatever it finds running. */
const chosen = restartFaults.filter(({ name }) => /SIGKILL while users move, without/.test(name));
const images = ["sluice-test/shop-base", "sluice-test/postgres:15", "sluice/door:3.0"];
const reason = whyNoSecondEngine();

describe.skipIf(reason !== "")(`an engine that may be restarted ${reason}`, () => {
  let engine: SecondEngine;
  let shop: Shop;
  let stage: CrashStage;
  const sudden = ["--env", "sudden"];

  beforeAll(async () => {
    engine = await startSecondEngine({ images });
    shop = await openShop("", { DOCKER_HOST: engine.host });
    for (const tag of ["v1", "v2"]) {
      await shop.release(tag, { startupMs: 100 });
      await shop.sluice(0, "deploy", "--release", tag, ...sudden);
    }
    const scratch = join(dirname(shop.checkout), "scratch");
    await mkdir(scratch);
    stage = {
      stack: shop.stack,
      checkout: shop.checkout,
      stateHome: shop.env["SLUICE_HOME"] ?? "",
      url: `http://${engine.address}:${shop.port}`,
      command: [process.execPath, launcher],
      options: [...shop.options, ...sudden],
      env: shop.env,
      networks: await networksOf({ stack: shop.stack, env: shop.env }),
      scratch,
      engine,
    };
  }, patience.timeout);
  afterAll(async () => {
    await shop?.[Symbol.asyncDispose]();
    await engine?.[Symbol.asyncDispose]();
  }, patience.timeout);

  it.each(chosen)(
    "$name: it ends live or undone, says so truly, and the next is an ordinary one",
    patience,
    async (fault) => {
      await shop.release("v3", { startupMs: 100 });
      const outcome = await playFault(stage, fault, "v3");
      expect(outcome).toEqual({ ...outcome, problems: [] });
    },
  );
});

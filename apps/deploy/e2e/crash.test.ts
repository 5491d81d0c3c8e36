import { appendFile, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  allCases,
  type CrashStage,
  type Extents,
  engineFaults,
  type Fault,
  nameOf,
  playFault,
  playKill,
  runSluice,
  sampleOf,
} from "@sluice/testing/faults";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { settle } from "./crash-stage.ts";
import { docker } from "./engine.ts";
import { openShop, patience, type Shop } from "./harness.ts";
import { startLoad } from "./load.ts";

/** `bin/bench kill` and `bin/bench faults` have all of them. */
const kills = 4;
const seed = 3;
const faults: readonly Fault[] = [
  ...engineFaults.filter(({ name }) =>
    ["while users move", "cut off"].some((part) => name.includes(part) && !name.includes("memory")),
  ),
  {
    name: "the state home is gone",
    at: "verify",
    inject: ({ stateHome }) => rename(stateHome, `${stateHome}-gone`),
    async heal({ stateHome }) {
      await rm(stateHome, { recursive: true, force: true });
      await rename(`${stateHome}-gone`, stateHome);
    },
  },
];

describe("whatever dies", () => {
  let shop: Shop;
  let stage: CrashStage;
  let extents: Extents;
  let count = 2;
  const release = async () => {
    const tag = `v${++count}`;
    await shop.release(tag, { startupMs: 100 });
    return tag;
  };

  beforeAll(async () => {
    shop = await openShop();
    ({ stage, extents } = await settle(shop));
  }, patience.timeout);
  afterAll(() => shop?.[Symbol.asyncDispose](), patience.timeout);

  it.each(Array.from({ length: kills }, (_, index) => index + 1))(
    "a command that is ended anywhere loses no request, and the next leaves one version and nothing else (%i)",
    patience,
    async (number) => {
      const one = sampleOf(allCases(extents, seed), kills, seed)[number - 1];
      if (!one) throw new Error(`there is no case ${number}`);
      const load = startLoad(`${stage.url}/version`);
      const { deaths, problems } = await playKill(stage, one, await release());
      const { failures } = await load.stop();
      const name = nameOf(one);
      expect({ name, problems, failures, hasDied: deaths > 0 }).toEqual({
        name,
        problems: [],
        failures: [],
        hasDied: true,
      });
    },
  );

  it.each(faults)(
    "$name: it ends live or undone, says so truly, and the next is an ordinary one",
    patience,
    async (fault) => {
      const outcome = await playFault(stage, fault, await release());
      expect(outcome).toEqual({ ...outcome, problems: [] });
    },
  );

  it("a record of a newer version is refused, and nothing is touched", patience, async () => {
    const journal = join(stage.stateHome, "journal.ndjson");
    const whole = await readFile(journal);
    const containers = () =>
      docker("ps", "-a", "--no-trunc", "--filter", `name=${shop.stack}`, "--format", "{{.ID}} {{.State}}");
    const before = await containers();
    await appendFile(journal, '{"v":2,"seq":1,"type":"what nobody knows yet"}\n');
    const tag = await release();
    for (const args of [["deploy", "--release", tag], ["rollback"], ["resume"], ["abort"], ["status"]]) {
      const { exitCode, stdout, stderr } = await runSluice(stage, args);
      expect([args[0], exitCode, `${stdout}${stderr}`]).toEqual([
        args[0],
        10,
        expect.stringContaining("JOURNAL_NEWER"),
      ]);
    }
    expect(await containers()).toBe(before);
    await writeFile(journal, whole);
    expect((await runSluice(stage, ["deploy", "--release", tag])).exitCode).toBe(0);
  });
});

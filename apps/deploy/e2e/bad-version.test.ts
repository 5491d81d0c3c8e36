import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { SluiceEvent } from "@sluice/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CliRun } from "./cli.ts";
import { openShop, patience, type Release, type Shop } from "./harness.ts";
import { startLoad, versionsSeen } from "./load.ts";

/** What `--env hasty` gives the candidate, and what is left for seeing that it is over. */
const startBudgetMs = 10_000;
const toleranceMs = 3_000;
/** What the start of a good version takes at most where nothing else runs. */
const usualStartMs = 2_000;

const token = "canary-of-the-price-list";

describe("a shop with a version that serves", () => {
  let shop: Shop;
  // A busy machine takes longer to make containers and to take them away, which a good start tells.
  let busyMs = 0;
  beforeAll(async () => {
    shop = await openShop();
    await shop.release("v1");
    const good = await shop.sluice(0, "deploy", "--release", "v1");
    busyMs = Math.max(0, durationMs(good, ({ kind }) => kind === "start") - usualStartMs);
  }, patience.timeout);
  afterAll(() => shop?.[Symbol.asyncDispose](), patience.timeout);

  it.each<{
    readonly tag: string;
    readonly what: string;
    readonly mode: NonNullable<Release["mode"]>;
    readonly log: string;
    /** That it writes before all else. */
    readonly lines: number;
  }>([
    { tag: "v2", what: "never becomes healthy", mode: "unhealthy", log: "listens", lines: 5_000 },
    {
      tag: "v3",
      what: "crashes during its start",
      mode: "crashstart",
      log: "shop: cannot read the price list: file not found",
      lines: 0,
    },
  ])(
    "goes on serving while one that $what exits 20 in time, with its log",
    patience,
    async ({ tag, mode, log, lines }) => {
      const load = startLoad(shop.url);
      await sayBefore(shop, lines);
      await shop.release(tag, { mode });
      const failing = shop.start("deploy", "--release", tag, "--env", "hasty");
      await failing.event((event) => event.type === "step-end" && event.kind === "build");
      const builtAt = performance.now();
      const failed = await failing.done;
      const sinceBuildMs = performance.now() - builtAt;
      const seen = await load.stop();
      expect(failed).toMatchObject({ exitCode: 20 });
      expect(failed.events.at(-1)).toMatchObject({
        type: "deployment-end",
        outcome: "failed",
        serving: { tag: "v1", share: 100 },
      });
      const said = failed.events.flatMap((event) => (event.type === "error" ? [event.detail] : []));
      expect(said.join("\n")).toContain(log);
      // Steps between the build and the start are no part of the budget: networks, and jobs such as a migration.
      const othersMs = durationMs(failed, ({ kind, result }) => kind !== "build" && result === "done");
      const startMs = durationMs(failed, ({ kind, result }) => kind === "start" && result === "failed");
      const spentMs = Math.round(sinceBuildMs - othersMs);
      console.info(
        `${tag}: ended ${spentMs} ms after the steps before its start, which took ${startMs} ms; busy by ${busyMs} ms`,
      );
      expect(startMs).toBeGreaterThan(0);
      expect(spentMs).toBeLessThan(startBudgetMs + toleranceMs + busyMs);
      expect(seen.failures).toEqual([]);
      expect(Object.keys(seen.versions)).toEqual(["v1"]);
      expect(await versionsSeen(shop.url)).toEqual(["v1"]);

      // All that it wrote can be read although its container is gone, without what is secret.
      const deployment = failed.events.flatMap((event) => (event.type === "deployment-end" ? event.deployment : []))[0];
      const kept = await shop.sluice(0, "logs", "--deployment", deployment ?? "", "web");
      const texts = kept.stdout
        .trimEnd()
        .split("\n")
        .map((line) => (JSON.parse(line) as { readonly text: string }).text);
      const numbers = texts.flatMap((text) => (/^line (\d+) of /.exec(text) ?? []).slice(1).map(Number));
      expect(numbers).toEqual(Array.from({ length: lines }, (_, index) => index));
      expect(texts.join("\n")).toContain(log);
      expect(kept.stdout).not.toContain(token);

      // It is known to be broken, and not tried again unasked.
      await shop.sluice(10, "deploy", "--release", tag);
    },
  );
});

/** Has the web service of the next release write so many lines before it starts, with a secret in each. */
async function sayBefore({ checkout }: Shop, lines: number): Promise<void> {
  const path = join(checkout, "docker-compose.override.yml");
  const script = `i=0; while [ $$i -lt ${lines} ]; do echo "line $$i of $$PRICE_TOKEN"; i=$$((i+1)); done; exec node src/web.mjs`;
  const more = `    command: ["sh", "-c", ${JSON.stringify(script)}]\n    environment: { PRICE_TOKEN: ${token} }\n`;
  const quiet = (await readFile(path, "utf8")).replace(/^ {4}command: .*\n {4}environment: .*\n/m, "");
  await writeFile(path, lines === 0 ? quiet : quiet.replace("  web:\n", (line) => `${line}${more}`));
}

/** How long some steps of a deployment took. */
function durationMs({ events }: CliRun, picks: (end: Extract<SluiceEvent, { type: "step-end" }>) => boolean): number {
  return events.reduce((sum, event) => (event.type === "step-end" && picks(event) ? sum + event.durationMs : sum), 0);
}

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { docker } from "./engine.ts";
import { openShop, patience, type Shop } from "./harness.ts";
import { startLoad, versionsSeen } from "./load.ts";

/** What the start of a command takes at most where nothing else runs. */
const usualStartMs = 500;

/** Each time that it is run leaves a row. */
const countedMigration = `CREATE TABLE IF NOT EXISTS runs (at timestamptz DEFAULT now());
INSERT INTO runs DEFAULT VALUES;
`;

describe("orders from another shell", () => {
  let shop: Shop;

  beforeAll(async () => {
    shop = await openShop();
    await shop.release("v1");
    await shop.sluice(0, "deploy", "--release", "v1");
  }, patience.timeout);
  afterAll(() => shop?.[Symbol.asyncDispose](), patience.timeout);

  const asks = (text: string) => (event: { readonly type: string; readonly text?: string }) =>
    event.type === "step-progress" && event.text?.includes(text) === true;

  it("reach a deployment that waits, also one that was killed and is resumed, and lose nobody", patience, async () => {
    const load = startLoad(shop.url);
    await shop.sluice(10, "traffic", "approve");
    await shop.release("v2");
    const { stdout: planned } = await shop.sluice(0, "plan", "--release", "v2");
    expect(planned).toMatch(/two versions run .*: about \d+ MiB of memory more/);
    const killed = shop.start("deploy", "--release", "v2", "--env", "asking");
    await killed.event(asks("needs approval"));
    await shop.sluice(0, "traffic", "pause", "--reason", "lunch");
    killed.process.kill("SIGKILL");
    await killed.done;
    await shop.sluice(10, "traffic", "resume");

    const resumed = shop.start("resume", "--env", "asking");
    await resumed.event(asks("paused by"));
    expect(await versionsSeen(shop.url)).toEqual(["v1", "v2"]);
    await shop.sluice(0, "traffic", "resume");
    await resumed.event(asks("needs approval"));
    await shop.sluice(0, "traffic", "approve", "--reason", "looks good");
    expect(await resumed.done).toMatchObject({ exitCode: 0 });
    expect(await versionsSeen(shop.url)).toEqual(["v2"]);
    expect((await load.stop()).failures).toEqual([]);
    const { stdout } = await shop.sluice(0, "audit", "show");
    expect(stdout).toContain("approve at approval-1: looks good");
    await shop.sluice(0, "audit", "verify");
  });

  it(
    "that want a deployment beside one that goes on are refused at once, or wait for their turn",
    patience,
    async () => {
      const sql = (statement: string) =>
        docker("exec", `${shop.stack}-db-1`, "psql", "-XqAtw", "-U", "shop", "-d", "shop", "-c", statement);
      const load = startLoad(shop.url);
      await writeFile(join(shop.checkout, "migrations", "003_runs.sql"), countedMigration);
      await shop.release("v3");
      const first = shop.start("deploy", "--release", "v3", "--env", "asking", "--reason", "sale");
      await first.event(asks("needs approval"));
      await shop.release("v4");

      const third = shop.start("deploy", "--release", "v4", "--wait", "2m");
      const { lock } = JSON.parse((await shop.sluice(0, "status")).stdout) as { lock: Record<string, string> };
      expect(lock).toMatchObject({ release: "v3", reason: "sale", pid: first.process.pid });
      // A busy machine may take longer than usual to start a process, which this command does and little else.
      const startMs = await timeOf(() => shop.sluice(0, "window"));
      const refuse = async () => {
        const refused = await shop.sluice(10, "deploy", "--release", "v4");
        const error = refused.events.find(({ type }) => type === "error");
        expect(error).toMatchObject({ code: "LOCK_HELD" });
        for (const name of ["actor", "since", "reason", "release", "pid", "host"]) {
          expect(error).toMatchObject({ message: expect.stringContaining(String(lock[name])) });
        }
      };
      // What holds up one of them, and not the next, is the machine.
      const refusedMs = Math.min(await timeOf(refuse), await timeOf(refuse));
      console.info(`refused after ${refusedMs} ms; a command that does nothing takes ${startMs} ms`);
      expect(refusedMs).toBeLessThan(2_000 + Math.max(0, startMs - usualStartMs));

      await shop.sluice(0, "traffic", "approve");
      const one = await first.done;
      const next = await third.done;
      expect([one, next].map(({ exitCode, events }) => [exitCode, events.at(-1)])).toMatchObject([
        [0, { outcome: "live", serving: { tag: "v3" } }],
        [0, { outcome: "live", serving: { tag: "v4" }, previous: { tag: "v3" } }],
      ]);
      const begunAt = next.events.find(({ type }) => type === "step-start")?.at ?? "";
      expect(begunAt > (one.events.at(-1)?.at ?? "")).toBe(true);
      expect(await sql("select count(*) from runs")).toBe("1");
      expect(await sql("select count(*) from schema_migrations where name = '003_runs.sql'")).toBe("1");
      expect(await versionsSeen(shop.url)).toEqual(["v4"]);
      expect((await load.stop()).failures).toEqual([]);
    },
  );

  it("abort within a second, and the release is not tried again unasked", patience, async () => {
    const [serving = ""] = await versionsSeen(shop.url);
    const load = startLoad(shop.url);
    await shop.release("v5");
    const deploying = shop.start("deploy", "--release", "v5", "--env", "asking");
    await deploying.event(asks("needs approval"));
    await shop.sluice(0, "traffic", "abort", "--reason", "wrong branch");
    const { exitCode, events } = await deploying.done;
    expect([exitCode, events.at(-1)]).toMatchObject([
      21,
      { outcome: "rolled-back", serving: { tag: serving, share: 100 } },
    ]);
    const orderedAt = events.find(({ type }) => type === "order")?.at ?? "";
    const backAt = events.find((event) => event.type === "share-change" && event.share === 0)?.at ?? "";
    expect(Date.parse(backAt) - Date.parse(orderedAt)).toBeLessThanOrEqual(1_000);
    expect(await versionsSeen(shop.url)).toEqual([serving]);
    // Users ask on for longer than the order may take to reach them all.
    await sleep(Math.max(0, Date.parse(orderedAt) + 1_500 - Date.now()));
    const { failures, lastSentAt } = await load.stop();
    expect(failures).toEqual([]);
    const lastMs = (lastSentAt["v5"] ?? Number.NaN) - Date.parse(orderedAt);
    console.info(`the last request that the candidate answered was sent ${lastMs} ms after the order to abort`);
    expect(lastMs).toBeLessThanOrEqual(1_000);
    expect(lastSentAt[serving]).toBeGreaterThan(Date.parse(orderedAt) + 1_000);
    await shop.sluice(10, "deploy", "--release", "v5");
  });
});

/** How long something takes, whole milliseconds. */
async function timeOf(run: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  await run();
  return Math.round(performance.now() - begin);
}

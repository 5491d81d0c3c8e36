import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openShop, patience, type Shop } from "./harness.ts";
import { startLoad, versionsSeen } from "./load.ts";
import { openRunner } from "./runner.ts";

const run = promisify(execFile);
const careful = ["--env", "careful"];

// One after the other: each scenario begins where the one before it ended.
describe("a shop whose database is backed up", () => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await openShop();
    await shop.release("v1");
    await shop.sluice(0, "deploy", "--release", "v1", ...careful);
  }, patience.timeout);
  afterAll(async () => shop?.[Symbol.asyncDispose](), patience.timeout);

  const sql = async (statement: string) => {
    const command = ["exec", `${shop.stack}-db-1`, "psql", "-XqAtw", "-U", "shop", "-d", "shop", "-c", statement];
    return (await run("docker", command)).stdout.trim();
  };

  it("gets a proven backup before a new version, and loses no request to it", patience, async () => {
    const load = startLoad(shop.url);
    await shop.release("v2");
    const { events } = await shop.sluice(0, "deploy", "--release", "v2", ...careful);
    const { failures } = await load.stop();
    const steps = events.flatMap((event) => (event.type === "step-end" ? [`${event.kind} ${event.result}`] : []));
    expect(steps.indexOf("backup done")).toBeGreaterThan(steps.indexOf("build done"));
    expect(steps.indexOf("backup done")).toBeLessThan(steps.indexOf("job done"));
    expect(failures).toEqual([]);
    const { stdout } = await shop.sluice(0, "db", "list", ...careful);
    const { backups } = JSON.parse(stdout) as { backups: { verified: { level: string }[]; release: string | null }[] };
    expect(backups).toHaveLength(1);
    expect(backups[0]?.verified.at(-1)?.level).toBe("compared");
    expect(backups[0]?.release).not.toBeNull();
  });

  it("goes back to the backup and forth again, and users wait less than two seconds for each", patience, async () => {
    const [before, ...rest] = await taken();
    expect(rest).toEqual([]);
    const count = () => sql("select count(*) from products");
    const whole = await count();
    await sql("delete from products");
    await shop.sluice(10, "db", "restore", ...careful);
    expect(await count()).toBe("0");
    const restored = await gapDuring("a restore", "db", "restore", "--yes", ...careful);
    expect(JSON.parse(restored.stdout)).toMatchObject({ backup: before });
    expect(await count()).toBe(whole);
    expect(await versionsSeen(shop.url)).toEqual(["v2"]);
    const undone = await gapDuring("its undo", "db", "restore", String(before), "--undo", "--yes", ...careful);
    expect(await count()).toBe("0");
    expect(Math.max(restored.gapMs, undone.gapMs)).toBeLessThan(2_000);
  });

  it("does not start a version without one, and the old one goes on serving", patience, async () => {
    const load = startLoad(shop.url);
    await shop.release("v3");
    // A lock that a backup gives up on: somebody changes the table just now.
    const locked = sql(
      "begin; create table being_changed (id int); commit; begin; lock table being_changed in access exclusive mode; select pg_sleep(60); commit",
    ).catch(() => "");
    const { events } = await shop.sluice(20, "deploy", "--release", "v3", ...careful);
    await sql(
      "select pg_terminate_backend(pid) from pg_stat_activity where query like '%pg_sleep(60)%' and pid <> pg_backend_pid()",
    );
    await locked;
    await load.stop();
    expect(events.at(-1)).toMatchObject({ type: "deployment-end", outcome: "failed", serving: { tag: "v2" } });
    expect(events.filter((event) => event.type === "step-start" && event.kind === "job")).toEqual([]);
    expect(await versionsSeen(shop.url)).toEqual(["v2"]);
  });

  it("is backed up each night and tried each week by the workflows of its environment", patience, async () => {
    const known = await taken();
    const runner = await openRunner(shop, "careful");
    const nightly = { name: "schedule", payload: { schedule: "17 3 * * *" } };
    const backup = await runner.run("backup", { job: "backup", event: nightly });
    expect(backup.steps.map(({ output, outcome }) => outcome === "success" || output)).toEqual([true, true]);
    expect(await taken()).toHaveLength(known.length + 1);
    const drill = await runner.run("backup", { job: "drill", event: nightly });
    expect(drill.steps.map(({ output, outcome }) => outcome === "success" || output)).toEqual([true, true]);
  });

  /** Runs a command while users read what it changes, and says how long they had no good answer. */
  const gapDuring = async (what: string, ...args: readonly string[]) => {
    const load = startLoad(shop.url);
    const { stdout } = await shop.sluice(0, ...args);
    const { total, failures, longestGapMs } = await load.stop();
    const gapMs = Math.round(longestGapMs);
    console.info(`${what}: ${gapMs} ms at most without a good answer; ${failures.length} of ${total} requests failed`);
    return { stdout, gapMs };
  };

  const taken = async () => {
    const { stdout } = await shop.sluice(0, "db", "list", ...careful);
    return (JSON.parse(stdout) as { backups: { id: string }[] }).backups.map(({ id }) => id);
  };
});

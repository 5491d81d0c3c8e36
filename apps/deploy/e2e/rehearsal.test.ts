import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { SluiceEvent } from "@sluice/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { containersOf } from "./engine.ts";
import { openShop, patience, type Shop } from "./harness.ts";
import { startLoad, versionsSeen } from "./load.ts";

const run = promisify(execFile);
const rehearsed = ["--env", "rehearsed"];
/** For a deployment that nothing of production is touched by: a check of its rehearsal is to fail, and asks less often. */
const refused = ["--env", "refused"];
const fewRetries = `    checks:
      - { service: web, http: { path: /version, contains: '"version"' } }
      - { service: web, http: { path: /api/products, maxTime: 5s }, retries: 4 }
`;
const environment = (name: string, more = "") => `  ${name}:
    database: { service: db, beforeDeploy: none, rehearsal: block }
    rollout: { steps: [100], bake: 0s }
    analysis: { enabled: false }
${more}`;
const config = environment("rehearsed") + environment("refused", fewRetries);

const stepsOf = (events: readonly SluiceEvent[]) =>
  events.flatMap((event) => (event.type === "step-end" ? [`${event.kind} ${event.result}`] : []));
const said = (events: readonly SluiceEvent[]) =>
  events.flatMap((event) => (event.type === "step-progress" ? [event.text] : []));

// One after the other: each scenario begins where the one before it ended.
describe("a shop whose migrations are rehearsed", () => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await openShop(config);
    await shop.release("v1");
    await shop.sluice(0, "deploy", "--release", "v1", ...rehearsed);
  }, patience.timeout);
  afterAll(async () => shop?.[Symbol.asyncDispose](), patience.timeout);

  const columns = async () => {
    const statement =
      "select string_agg(column_name, ' ' order by column_name) from information_schema.columns where table_name = 'products'";
    const command = ["exec", `${shop.stack}-db-1`, "psql", "-XqAtw", "-U", "shop", "-d", "shop", "-c", statement];
    return (await run("docker", command)).stdout.trim();
  };

  it("gets a migration that the old version can live with, after its rehearsal", patience, async () => {
    await writeFile(join(shop.checkout, "migrations/003_origin.sql"), "ALTER TABLE products ADD COLUMN origin text;\n");
    await shop.release("v2");
    const load = startLoad(shop.url);
    const { events } = await shop.sluice(0, "deploy", "--release", "v2", ...rehearsed);
    expect((await load.stop()).failures).toEqual([]);
    const steps = stepsOf(events);
    expect(steps.indexOf("rehearse done")).toBeGreaterThan(-1);
    expect(steps.indexOf("job done")).toBeGreaterThan(steps.indexOf("rehearse done"));
    expect(said(events)).toContainEqual(
      expect.stringMatching(/^rollback of images safe: pass \(\d+ of its checks passed/),
    );
    expect(await columns()).toBe("id name origin price_cents");
    expect(await versionsSeen(shop.url)).toEqual(["v2"]);
  });

  it("is not touched by one that the old version cannot live with", patience, async () => {
    await shop.release("v3", { migrations: "breaking" });
    const before = await containersOf(shop.stack);
    const load = startLoad(shop.url);
    const { events } = await shop.sluice(20, "deploy", "--release", "v3", ...refused);
    expect((await load.stop()).failures).toEqual([]);
    expect(events.find(({ type }) => type === "error")).toMatchObject({
      code: "REHEARSAL_FAILED",
      message: expect.stringMatching(/v2 does not run on the new schema: check ".*\/api\/products/),
      detail: expect.stringContaining("column-renamed: column price_cents of public.products becomes price"),
      hint: expect.stringContaining("nothing of production was touched"),
    });
    // What the rehearsal saw stays readable although it is what ended the deployment.
    const report = await shop.sluice(0, "report", "--format", "markdown", "--output", "-");
    expect(report.stdout).toMatch(/\*\*Rehearsal:\*\* the migration must not run.*safe: no/);
    expect(report.stdout).toMatch(/\| public.products \| reads and writes \| \S+ \| ALTER TABLE \|/);
    expect(report.stdout).toContain("squawk-renaming-column");
    expect(events.at(-1)).toMatchObject({ type: "deployment-end", outcome: "failed", serving: { tag: "v2" } });
    expect(await columns()).toBe("id name origin price_cents");
    expect(await containersOf(shop.stack)).toEqual(before);
    expect(await versionsSeen(shop.url)).toEqual(["v2"]);
  });

  it("takes it when somebody accepts that, and does not go back by images after it", patience, async () => {
    const reason = "the shop is closed tonight";
    const accepted = ["--accept-incompatible", "--reason", reason, ...rehearsed];
    const { events } = await shop.sluice(0, "deploy", "--release", "v3", ...accepted);
    expect(said(events)).toContainEqual(
      expect.stringMatching(/^warn: v2 does not run on the new schema: .*\[previous-fails\]/),
    );
    expect(said(events)).toContainEqual(expect.stringMatching(/^rollback of images safe: fail \(/));
    expect(await columns()).toBe("id name origin price");
    expect(await versionsSeen(shop.url)).toEqual(["v3"]);
    const rollback = await shop.sluice(10, "rollback", ...rehearsed);
    expect(rollback.events.find(({ type }) => type === "error")).toMatchObject({
      code: "DATA_INCOMPATIBLE",
      message: expect.stringMatching(/^v2 does not run on the schema that v3 left: check ".*\/api\/products/),
      hint: expect.stringContaining("sluice db restore"),
    });
    expect(await versionsSeen(shop.url)).toEqual(["v3"]);
    const { stdout } = await shop.sluice(0, "audit", "show");
    expect(stdout).toContain("incompatible: the release before may not run on the new schema");
    expect(stdout).toContain(reason);
  });
});

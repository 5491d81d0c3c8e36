import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openShop, patience, type Shop } from "./harness.ts";
import { startOrders } from "./ledger.ts";
import { startLoad, versionsSeen } from "./load.ts";

const run = promisify(execFile);
const watched = ["--env", "watched"];
const down = [
  "import pg from 'pg'",
  "const client = new pg.Client({ connectionString: process.env.DATABASE_URL })",
  "await client.connect()",
  "await client.query('ALTER TABLE products DROP COLUMN origin')",
  "await client.query(`DELETE FROM schema_migrations WHERE name LIKE '003%'`)",
  "await client.end()",
].join(";");
const config = `  watched:
    database:
      service: db
      beforeDeploy: none
      migrate:
        lockTimeout: 500ms
        queueTimeout: 500ms
        attempts: 2
        longTransaction: 1s
        down: { job: migrate, command: [node, --input-type=module, -e, ${JSON.stringify(down)}] }
`;

// One after the other: each scenario begins where the one before it ended.
describe("a shop whose migration meets a reader", () => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await openShop(config);
    await shop.release("v1");
    await shop.sluice(0, "deploy", "--release", "v1", ...watched);
  }, patience.timeout);
  afterAll(async () => shop?.[Symbol.asyncDispose](), patience.timeout);

  const sql = async (statement: string) => {
    const command = ["exec", `${shop.stack}-db-1`, "psql", "-XqAtw", "-U", "shop", "-d", "shop", "-c", statement];
    return (await run("docker", command)).stdout.trim();
  };
  const hasColumn = async () =>
    (await sql("select count(*) from information_schema.columns where column_name = 'origin'")) === "1";

  it("goes on with the old version, answers everybody, and is told who was in the way", patience, async () => {
    await writeFile(
      join(shop.checkout, "migrations", "003_origin.sql"),
      "ALTER TABLE products ADD COLUMN origin text;\n",
    );
    await shop.release("v2");
    const reading = sql(
      "set application_name = 'evening report'; begin; select count(*) from products; select pg_sleep(600); commit",
    ).catch(() => "");
    const load = startLoad(shop.url);
    const { events } = await shop.sluice(20, "deploy", "--release", "v2", ...watched);
    const { failures } = await load.stop();
    expect(failures).toEqual([]);
    expect(events.find(({ type }) => type === "error")).toMatchObject({
      code: "MIGRATION_FAILED",
      message: expect.stringMatching(/after 2 attempts: .*that session \d+ \(evening report, .*it has changed nothing/),
    });
    expect(events.at(-1)).toMatchObject({ type: "deployment-end", outcome: "failed", serving: { tag: "v1" } });
    expect(await versionsSeen(shop.url)).toEqual(["v1"]);
    expect(await hasColumn()).toBe(false);
    await sql("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'evening report'");
    await reading;
  });

  it(
    "is migrated alone, taken back, and migrated by the deployment; no request and no order is lost",
    patience,
    async () => {
      const load = startLoad(shop.url);
      const ordersBefore = await sql("select count(*) from orders");
      const ordering = startOrders(`http://127.0.0.1:${shop.port}/api/orders`);
      const plan = await shop.sluice(0, "db", "migrate", "v2", "--plan", ...watched);
      expect(JSON.parse(plan.stdout)).toMatchObject({
        plan: { release: "v2", database: "db", jobs: ["migrate"], dataRollback: { kind: "down" } },
      });
      expect(await hasColumn()).toBe(false);
      const migrated = await shop.sluice(0, "db", "migrate", "v2", ...watched);
      expect(JSON.parse(migrated.stdout)).toMatchObject({
        jobs: [{ job: "migrate", report: { schemaChanged: true } }],
      });
      expect(await hasColumn()).toBe(true);
      await shop.sluice(0, "db", "migrate", "v2", "--down", ...watched);
      expect(await hasColumn()).toBe(false);
      await shop.sluice(0, "deploy", "--release", "v2", ...watched);
      const { failures } = await load.stop();
      const ledger = await ordering.stop();
      console.info(`${ledger.acknowledged.length} orders acknowledged, ${ledger.failures.length} not`);
      expect([...failures, ...ledger.failures]).toEqual([]);
      expect(ordersBefore).toBe("0");
      expect(ledger.acknowledged.length).toBeGreaterThan(100);
      const stored = (await sql("select id from orders order by id")).split("\n").map(Number);
      expect(stored).toEqual(ledger.acknowledged.toSorted((a, b) => a - b));
      expect(await sql("select string_agg(distinct placed_by, ' ' order by placed_by) from orders")).toBe("v1 v2");
      expect(await hasColumn()).toBe(true);
      expect(await versionsSeen(shop.url)).toEqual(["v2"]);
    },
  );
});

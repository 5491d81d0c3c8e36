import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Migrations, migrationsOf, settings } from "./support/migrations.ts";
import { type Project, password, startProject } from "./support/postgres.ts";
import { besideReaders } from "./support/steady-readers.ts";
import { startToolsImage, type ToolsImage } from "./support/tools-image.ts";
import { until } from "./support/until.ts";

/** How long somebody reads. It ends sooner, once nothing is left to be seen; with SLUICE_TEST_WHOLE_READER=1 it stays to its end. */
const readerMs = 60_000;
const isWhole = process.env["SLUICE_TEST_WHOLE_READER"] === "1";
/** What the application may wait beyond the time that a migration may wait. */
const marginMs = 500;

let project: Project;
let migrations: Migrations;
let made: ToolsImage;
beforeAll(async () => {
  made = startToolsImage(["pg"]);
  project = await startProject("reader");
  migrations = await migrationsOf(project);
  await made.built;
});
afterAll(async () => {
  await project?.[Symbol.asyncDispose]();
  await made?.[Symbol.asyncDispose]();
});

const ours = "application_name = 'evening report'";
const sessions = async () => Number(await project.sql(`select count(*) from pg_stat_activity where ${ours}`));
const columns = () =>
  project.sql(
    "select string_agg(column_name, ',' order by 1) from information_schema.columns where table_name = 'orders'",
  );

/** A transaction that has read the table, and holds it until its time is over. */
async function startReader() {
  const sql = `set application_name = 'evening report'; begin; select count(*) from orders; select pg_sleep(${readerMs / 1_000}); commit`;
  const reading = project.sql(sql).catch(() => "ended");
  const pid = `select pid from pg_stat_activity where ${ours} and query like '%pg_sleep%' and state = 'active'`;
  await until(async () => (await project.sql(pid)) !== "");
  return {
    pid: await project.sql(pid),
    async end() {
      await project.sql(`select pg_terminate_backend(pid) from pg_stat_activity where ${ours}`, "postgres");
      await reading;
    },
    reading,
  };
}

/** Runs it beside an application, whose users hardly wait. */
async function besideApplication<T>(work: () => Promise<T>): Promise<T> {
  const url = `postgres://shop:${password}@db:5432/shop?sslmode=disable`;
  const { result, waits } = await besideReaders({ stack: project.stack, image: made.name, driver: "pg", url }, work);
  expect(waits.errors).toEqual([]);
  expect(waits.count).toBeGreaterThan(40);
  // Some of them did wait: the lock was in their way.
  expect(waits.slowest).toBeGreaterThan(settings.lockTimeoutMs / 2);
  expect(waits.p99).toBeLessThan(settings.lockTimeoutMs + marginMs);
  return result;
}

describe.each([
  ["timeouts that its tool does not know of", { inject: true }],
  ["watching, where its driver takes no timeouts", { inject: false }],
])("a migration of a table that somebody reads for a minute, by %s", { timeout: 200_000 }, (_how, over) => {
  it("gives up and says who reads, and the application hardly waits", async () => {
    const reader = await startReader();
    const before = await columns();
    const failed = await besideApplication(() =>
      migrations
        .run("alter table orders add column late int", { ...over, attempts: 3 })
        .catch((error: unknown) => error),
    );
    // It did not only end because nobody was in its way any more.
    expect(await sessions()).toBe(1);
    expect(failed).toMatchObject({ code: "MIGRATION_FAILED", retryable: true });
    expect((failed as Error).message).toMatch(
      new RegExp(
        `after 3 attempts: .*alter table orders add column late int waited .* for a lock that session ${reader.pid} \\(evening report, local, in a transaction for \\d.*: .*pg_sleep\\(.*\\) holds; it has changed nothing of the schema`,
      ),
    );
    expect(await columns()).toBe(before);
    await reader.end();
  });

  it("is done once the reader has ended, where it may be tried that often, and does not ask all the time", async () => {
    const reader = await startReader();
    const column = `patient_${over.inject}`;
    const running = besideApplication(() =>
      migrations.run(`alter table orders add column ${column} int`, { ...over, attempts: 6 }),
    );
    const told = () => migrations.told.filter((text) => text.includes(" of 6 in "));
    const from = told().length;
    if (!isWhole) {
      await until(async () => told().length >= from + 2);
      await reader.end();
    }
    const { attempts, schemaChanged } = await running;
    expect({ attempts, schemaChanged }).toEqual({ attempts: isWhole ? 6 : 3, schemaChanged: true });
    expect(
      told()
        .slice(from)
        .map((text) => / in (\S+)$/.exec(text)?.[1]),
    ).toEqual(["2s", "4s", "8s", "16s", "32s"].slice(0, attempts - 1));
    expect((await columns()).split(",")).toContain(column);
    await reader.reading;
  });
});

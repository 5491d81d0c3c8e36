import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createExec, type Migrations, migrationsOf, settings } from "./support/migrations.ts";
import { docker, image, type Project, password, startProject } from "./support/postgres.ts";
import { until } from "./support/until.ts";

let project: Project;
let migrations: Migrations;
beforeAll(async () => {
  project = await startProject("migrate");
  migrations = await migrationsOf(project);
});
afterAll(() => project?.[Symbol.asyncDispose]());

/** Sessions of the test, by name. */
const ours = "application_name like 'test-%'";
const endAll = () => project.sql(`select pg_terminate_backend(pid) from pg_stat_activity where ${ours}`, "postgres");
afterEach(endAll);

/** A transaction that has read a table and stays open until the test is over. */
async function keepReading(): Promise<void> {
  const sql =
    "set application_name = 'test-report'; begin; select count(*) from orders where id = 4711; select pg_sleep(600)";
  project.sql(sql).catch(() => undefined);
  await until(
    async () =>
      (await project.sql(
        "select count(*) from pg_stat_activity where query like '%pg_sleep(600)%' and pid <> pg_backend_pid() and application_name = 'test-report'",
      )) === "1",
  );
}

interface Asked {
  readonly count: number;
  /** Of what is left when the machine's own slowness at that time is taken away. */
  readonly slowestMs: number;
}

/**
 * The application: reads one row again and again, and one of a table that nobody changes, by which it is known how slow
 * the machine is. Times are as the server's own client sees them.
 */
function keepAsking(): () => Promise<Asked> {
  const exec = createExec();
  const ask = (table: string) => {
    const command = ["psql", "-XqAtw", "-U", "shop", "shop"];
    const stdin = `\\timing on\nselect id from ${table} where id = 1 \\watch 0.02\n`;
    const asking = exec.exec(project.container, command, { stdin, environment: { PGAPPNAME: "test-app" } });
    asking.catch(() => undefined);
    return async () => {
      const output = Buffer.from((await asking).stdout).toString();
      return [...output.matchAll(/Time: ([\d.]+) ms/g)].map(([, ms]) => Number(ms));
    };
  };
  const [orders, customers] = [ask("orders"), ask("customers")];
  return async () => {
    await endAll();
    const [times, noise] = [await orders(), await customers()];
    return { count: times.length, slowestMs: Math.max(...times) - Math.max(...noise) };
  };
}

const hasColumn = async (name: string) =>
  (await project.sql(`select count(*) from information_schema.columns where column_name = '${name}'`)) === "1";

describe("a migration of what somebody reads just now", () => {
  it.each([
    ["by timeouts that its tool does not know of", { inject: true }],
    ["by watching, where its driver takes no timeouts", { inject: false }],
  ])("gives up cleanly and says who is in the way, and the application hardly waits: %s", async (_how, over) => {
    await keepReading();
    const stop = keepAsking();
    const failing = migrations.run("alter table orders add column late int", { ...over, attempts: 2 });
    await expect(failing).rejects.toMatchObject({
      code: "MIGRATION_FAILED",
      retryable: true,
      message: expect.stringMatching(
        /after 2 attempts: .*alter table orders add column late int waited .* for a lock that session \d+ \(test-report, local, in a transaction for .*\) holds; it has changed nothing of the schema/,
      ),
    });
    const { count, slowestMs } = await stop();
    expect(count).toBeGreaterThan(10);
    // It did wait: the lock was in its way.
    expect(slowestMs).toBeGreaterThan(300);
    expect(slowestMs).toBeLessThan(settings.lockTimeoutMs + 1_000);
    expect(await hasColumn("late")).toBe(false);
    // Values are nobody's business.
    expect(migrations.told.join("\n")).toContain("a migration may have to wait for session");
    expect(migrations.told.join("\n")).not.toContain("4711");
  });

  it("goes through when the reader is gone in time", async () => {
    await keepReading();
    const running = migrations.run("alter table orders add column early int", { attempts: 3 });
    await until(async () => migrations.told.some((text) => text.includes("attempt 2 of 3")));
    await endAll();
    expect(await running).toMatchObject({
      schemaChanged: true,
      longTransactions: expect.arrayContaining([expect.stringContaining("test-report")]),
    });
    expect(await hasColumn("early")).toBe(true);
  });

  it("lets an index wait that is built concurrently, and holds up nobody", async () => {
    await keepReading();
    const stop = keepAsking();
    const sql = "create index concurrently waited on orders (total)";
    const running = migrations.run(sql, { profile: "concurrent" });
    await until(
      async () => (await project.sql("select count(*) from pg_stat_activity where wait_event = 'virtualxid'")) === "1",
    );
    await new Promise((resolve) => setTimeout(resolve, settings.lockTimeoutMs * 2));
    expect((await stop()).slowestMs).toBeLessThan(500);
    expect(await running).toMatchObject({ attempts: 1, schemaChanged: true, invalidIndexes: [] });
  });
});

it("a migration that holds what the application needs is ended, and its work taken back", async () => {
  const stop = keepAsking();
  const sql = "begin; alter table orders add column held int; select pg_sleep(60); commit";
  await expect(migrations.run(sql)).rejects.toMatchObject({
    code: "MIGRATION_FAILED",
    message: expect.stringContaining("a session of the application waited 1"),
  });
  expect((await stop()).slowestMs).toBeLessThan(settings.queueTimeoutMs + 5_000);
  expect(await hasColumn("held")).toBe(false);
});

it("a tool that fails by itself fails as it would alone", async () => {
  await expect(migrations.run("alter table nowhere add column x int")).rejects.toMatchObject({
    code: "JOB_FAILED",
    detail: expect.stringContaining('relation "nowhere" does not exist'),
  });
});

describe("two migrations at once", () => {
  it("are one and then the other, or one alone", async () => {
    const order: string[] = [];
    let begun: () => void = () => undefined;
    const first = new Promise<void>((resolve) => (begun = resolve));
    let end: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (end = resolve));
    const running = migrations.runTool(
      async () => {
        order.push("first");
        begun();
        await held;
        order.push("first ended");
      },
      {},
      "one",
    );
    await first;
    const impatient = migrations.runTool(() => expect.unreachable(), {}, "three");
    await expect(impatient).rejects.toMatchObject({
      code: "LOCK_HELD",
      message: expect.stringMatching(/session \d+ \(sluice-migrate-one, since \d{4}-/),
    });
    const waiting = migrations.runTool(async () => void order.push("second"), { waitMs: 60_000 }, "two");
    end();
    await Promise.all([running, waiting]);
    expect(order).toEqual(["first", "first ended", "second"]);
  });

  it("the lock is free when the one that held it was killed", async () => {
    const program = join(import.meta.dirname, "programs", "hold-migration.ts");
    const child = spawn(process.execPath, ["--conditions=sluice-source", program, project.container], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(child.stdout, "data");
    await expect(migrations.runTool(() => expect.unreachable())).rejects.toMatchObject({ code: "LOCK_HELD" });
    child.kill("SIGKILL");
    await once(child, "exit");
    const report = await migrations.runTool(async () => undefined, { waitMs: 5_000 });
    expect(report.schemaChanged).toBe(false);
  });

  it("what a killed one left working is ended before the next begins", async () => {
    const orphan = project.sql("set application_name = 'sluice-migration-dead'; select pg_sleep(600)").catch(String);
    await until(
      async () =>
        (await project.sql(
          "select count(*) from pg_stat_activity where application_name = 'sluice-migration-dead' and state = 'active'",
        )) === "1",
    );
    await migrations.runTool(async () => undefined);
    expect(await orphan).toMatch(/terminat|closed/);
    expect(migrations.told.at(-1)).toBe("1 sessions of a migration that nobody watches any more were ended");
  });

  describe("whose driver gives its sessions no name of ours", () => {
    const change = "update orders set total = total + 1 from pg_sleep(20)";
    const changing = () =>
      project.sql(`select pid from pg_stat_activity where query = '${change}' and state = 'active'`);

    /** A tool that dies with whoever had started it. @returns its address, and the number of its session */
    async function leaveBehind() {
      const name = `${project.stack}-left`;
      const place = ["--name", name, "--network", `${project.stack}_default`, "-e", "PGPASSWORD"];
      const client = ["--entrypoint", "psql", image, "-Xq", "-h", "db", "-U", "shop", "-d", "shop", "-c", change];
      const env = { ...process.env, PGPASSWORD: password };
      spawn("docker", ["run", "-d", ...place, ...client], { env, stdio: "ignore" });
      await until(async () => (await changing()) !== "");
      const address = await docker("inspect", "-f", "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}", name);
      const pid = await changing();
      await docker("rm", "-f", "-v", name);
      expect(await changing()).toBe(pid);
      return { pid, address: address.trim() };
    }

    it("is ended by where it came from, and its statement was not applied", async () => {
      const before = await project.sql("select sum(total) from orders");
      const { pid, address } = await leaveBehind();
      await migrations.runTool(async () => expect(await changing()).toBe(""), {}, "next", [address]);
      expect(migrations.told.join("\n")).toMatch(
        new RegExp(`session ${pid} \\(shop@.*, in a statement for .*\\) of a migration`),
      );
      expect(await project.sql("select sum(total) from orders")).toBe(before);
    });

    it("is not ended where nobody knows whose it is: the next does not begin beside it", async () => {
      const { pid } = await leaveBehind();
      await expect(migrations.runTool(() => expect.unreachable())).rejects.toMatchObject({
        code: "LOCK_HELD",
        message: expect.stringMatching(new RegExp(`^session ${pid} \\(shop@.*whose client is gone, still at work`)),
        hint: expect.stringContaining(`pg_terminate_backend(${pid})`),
      });
      expect(await changing()).toBe(pid);
      await project.sql(`select pg_terminate_backend(${pid})`);
      await migrations.runTool(async () => undefined, { waitMs: 10_000 });
    });
  });
});

it("leaves no session behind", async () => {
  await until(
    async () =>
      (await project.sql("select count(*) from pg_stat_activity where application_name like 'sluice-%'")) === "0",
  );
});

import { type StopWatching, watchArguments } from "@sluice/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { password, startToolProject, type Tool, type ToolProject, toolNames } from "./support/tool-project.ts";
import { until } from "./support/until.ts";

const signal = new AbortController().signal;
const release = (tag: string) => ({ tag, commit: null, dirty: true, source: "option" }) as const;
const configOf = (migrate: object) => ({
  services: {
    web: { role: "web", port: 8080 },
    ...Object.fromEntries(toolNames.map((tool) => [tool, { role: "job" }])),
  },
  database: { service: "db", beforeDeploy: "none", migrate },
  checks: [{ name: "orders", http: { path: "/", contains: "5000" } }],
  rollout: { steps: [100], bake: "0s" },
  analysis: { enabled: false },
});

/** A migration in each tool's own form: the name of its file, and what is in it. */
const forms: Readonly<Record<Tool, (number: number, sql: readonly string[]) => readonly [string, string]>> = {
  dbmate: (number, sql) => [
    `2026010100000${number}_step.sql`,
    `-- migrate:up\n${sql.map((one) => `${one};\n`).join("")}-- migrate:down\n`,
  ],
  "node-pg-migrate": (number, sql) => [
    `176000000000${number}_step.js`,
    `exports.up = (pgm) => {\n${sql.map((one) => `pgm.sql(${JSON.stringify(one)});\n`).join("")}};\n`,
  ],
  knex: (number, sql) => [
    `migrations/2026010100000${number}_step.js`,
    `exports.up = async (knex) => {\n${sql.map((one) => `await knex.raw(${JSON.stringify(one)});\n`).join("")}};\nexports.down = async () => {};\n`,
  ],
};
const nameOf = (tool: Tool) => tool.replaceAll("-", "_");

// dbmate is a program for the machine that it was installed on, and containers are Linux.
const isLinux = process.platform === "linux";

let project: ToolProject;
/** From before the first migration to the last. */
let argumentsSeen: StopWatching;
beforeAll(async () => {
  if (!isLinux) return;
  argumentsSeen = await watchArguments(password);
  project = await startToolProject(configOf({}));
});
afterAll(async () => {
  await argumentsSeen?.();
  await project?.[Symbol.asyncDispose]();
});

/** The next migration of each tool; `TOOL` in its statements is the tool's name. */
async function addMigration(number: number, ...sql: readonly string[]): Promise<void> {
  for (const tool of toolNames) {
    const own = sql.map((one) => one.replaceAll("TOOL", nameOf(tool)));
    await project.write(tool, ...forms[tool](number, own));
  }
}

/** Runs the stored release's job of one tool. */
async function migrateBy(tool: Tool, tag: string, migrate: object = {}) {
  await using deployer = await project.open(configOf({ jobs: [tool], ...migrate }));
  return await deployer.database.migrate({ release: tag }, signal);
}

async function tablesLike(pattern: string): Promise<readonly string[]> {
  const names = await project.sql(`select tablename from pg_tables where tablename like '${pattern}' order by 1`);
  return names.split("\n").filter((name) => name !== "");
}

// One after the other: each begins where the one before it ended. A busy machine needs minutes.
describe.skipIf(!isLinux)("dbmate, node-pg-migrate and Knex, as they come", { timeout: 300_000 }, () => {
  it("migrate in a deployment, under its limits and its name", async () => {
    const settings = ["lock_timeout", "statement_timeout", "application_name"];
    const seen = settings.map((name) => `current_setting('${name}') as ${name}`).join(", ");
    await addMigration(1, `create table TOOL_first as select ${seen}`);
    const { outcome, deployment } = await project.deployer.deploy({ release: release("v1") }, signal);
    expect(outcome).toBe("live");
    for (const tool of toolNames) {
      expect(await project.sql(`select * from ${nameOf(tool)}_first`)).toBe(`3s|15min|sluice-migration-${deployment}`);
    }
  });

  it("are rehearsed: what each of them does is seen, and the release that serves runs on it", async () => {
    await addMigration(2, "alter table orders add column TOOL_note text", "create table TOOL_second (id int)");
    const report = await project.deployer.database.rehearse({ release: release("v2") }, signal);
    expect(report).toMatchObject({
      verdict: "pass",
      findings: [],
      migration: { how: "job", services: toolNames.toSorted(), error: null },
      compatibility: { release: "v1", result: "pass" },
    });
    const { changes, newTables, statements } = report.observations;
    const sent = statements.map(({ sql }) => sql);
    for (const tool of toolNames.map(nameOf)) {
      expect(changes).toContainEqual(
        expect.objectContaining({ change: "column-added", table: "public.orders", column: `${tool}_note` }),
      );
      expect(newTables).toContain(`public.${tool}_second`);
      expect(sent).toContainEqual(expect.stringContaining(`alter table orders add column ${tool}_note text`));
      expect(sent).toContainEqual(expect.stringContaining(`create table ${tool}_second (id int)`));
    }
    // What sees them is no part of them.
    expect(sent.filter((sql) => /tg_event|pg_event_trigger/.test(sql))).toEqual([]);
    expect(await tablesLike("%\\_second")).toEqual([]);
  });

  it("give up on a lock that somebody holds, leave nothing, and go through when it is free", async () => {
    const reader = "application_name = 'report' and query like '%pg_sleep%' and state = 'active'";
    const reading = project
      .sql("set application_name = 'report'; begin; select count(*) from orders; select pg_sleep(600)")
      .catch(() => "");
    await until(async () => (await project.sql(`select count(*) from pg_stat_activity where ${reader}`)) === "1");
    for (const tool of toolNames) {
      const failing = migrateBy(tool, "v2", { lockTimeout: "1s", attempts: 1 });
      const message = `alter table orders add column ${nameOf(tool)}_note text`;
      await expect(failing).rejects.toMatchObject({
        code: "MIGRATION_FAILED",
        retryable: true,
        message: expect.stringMatching(
          new RegExp(`${message}.* waited .* that session \\d+ \\(report, .*it has changed nothing of the schema`),
        ),
        // By its own timeout; on a busy machine the watcher may be first.
        detail: expect.stringMatching(/canceling statement due to (?:lock timeout|user request)/),
      });
    }
    await project.sql(`select pg_terminate_backend(pid) from pg_stat_activity where ${reader}`);
    await reading;
    // It locks itself by a row, which is free again.
    const { jobs } = await migrateBy("knex", "v2");
    expect(jobs).toMatchObject([{ job: "knex", report: { attempts: 1, schemaChanged: true } }]);
    expect(await tablesLike("%\\_second")).toEqual(["knex_second"]);
  });

  it("leave what they say they do, where the last of their migrations fails", async () => {
    await addMigration(3, "create table TOOL_third (id int)");
    await addMigration(4, "create table TOOL_fourth (id int)", "alter table nowhere add column x int");
    await expect(project.deployer.deploy({ release: release("v3") }, signal)).resolves.toMatchObject({
      outcome: "failed",
      serving: { tag: "v1" },
      error: expect.objectContaining({
        code: "JOB_FAILED",
        message: expect.stringMatching(/^job dbmate ended with exit code 2; .*changed a part of the schema/),
      }),
    });
    for (const tool of ["node-pg-migrate", "knex"] as const) {
      await expect(migrateBy(tool, "v3")).rejects.toMatchObject({
        code: "JOB_FAILED",
        message: `job ${tool} ended with exit code 1`,
        detail: expect.stringContaining('relation "nowhere" does not exist'),
      });
    }
    // dbmate makes each file a transaction, the others all files of a run.
    expect(await tablesLike("%\\_second")).toEqual(["dbmate_second", "knex_second"]);
    expect(await tablesLike("%\\_third")).toEqual(["dbmate_third"]);
    expect(await tablesLike("%\\_fourth")).toEqual([]);
  });

  it("are taken back by their own command, and none of all that shows the password to who looks at processes", async () => {
    await using deployer = await project.open(
      configOf({ down: { job: "dbmate", command: ["dbmate", "--no-dump-schema", "down"] } }),
    );
    const { jobs } = await deployer.database.migrate({ release: "v3", down: true }, signal);
    expect(jobs).toMatchObject([{ job: "dbmate", report: { attempts: 1 } }]);
    expect(
      await argumentsSeen("dbmate --no-dump-schema up", "dbmate --no-dump-schema down", "knex migrate:latest", "psql "),
    ).toEqual([]);
  });
});

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Finding } from "@sluice/core";
import { type StopWatching, watchArguments } from "@sluice/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDeployer, type Deployer } from "../src/index.ts";
import { image, type Project, password, startProject } from "./support/postgres.ts";
import { storeRelease } from "./support/store-release.ts";
import { until } from "./support/until.ts";

const signal = new AbortController().signal;
/** No service of it migrates, and the application does not do so when it starts. */
const compose = `
services:
  db:
    image: ${image}
    environment: { POSTGRES_USER: shop, POSTGRES_DB: shop, POSTGRES_PASSWORD: ${password} }
    volumes: [data:/var/lib/postgresql/data]
  web:
    image: ${image}
    # In the place of the volume that the image asks for, which a slot that goes would leave.
    tmpfs: [/var/lib/postgresql/data]
    environment: { PGHOST: db, PGUSER: shop, PGDATABASE: shop, PGPASSWORD: ${password}, MIGRATION: "\${MIGRATION}" }
    ports: ["8080"]
    # The server does not hear that it is to stop.
    stop_grace_period: 1s
    entrypoint: [sh, -c]
    command:
      - |
        mkdir -p /tmp/www/cgi-bin
        printf '#!/bin/sh\\nprintf "Content-Type: text/plain\\\\r\\\\n\\\\r\\\\n"\\npsql -XqAtw -c "select count(total) from orders"' > /tmp/www/cgi-bin/orders
        chmod +x /tmp/www/cgi-bin/orders
        exec busybox httpd -f -p 8080 -h /tmp/www
    healthcheck: { test: [CMD-SHELL, "psql -XqAtw -c 'select 1'"], interval: 10s, start_period: 60s, start_interval: 500ms }
volumes: { data: {} }
`;
const config = `
database:
  service: db
  rehearsal: block
  migrate:
    service: web
    command: ['printf "%s" "$MIGRATION" | psql -XqAtw -v ON_ERROR_STOP=1']
    down: { job: web-migrate, command: ['psql -XqAtw -c "alter table orders drop column if exists note"; sleep 0.2'] }
services: { web: { role: web, port: 8080 } }
checks: [{ name: orders, http: { path: /cgi-bin/orders, contains: "20000" } }]
rollout: { steps: [100], bake: 0s, keep: removed }
analysis: { enabled: false }
`;
const addColumn = "alter table orders add column if not exists note text";
const release = (tag: string) => ({ tag, commit: null, dirty: true, source: "option" }) as const;

let project: Project;
let argumentsSeen: StopWatching;

beforeAll(async () => {
  project = await startProject("migconf");
  argumentsSeen = await watchArguments(password);
  await writeFile(join(project.directory, "compose.yaml"), compose);
  await writeFile(join(project.directory, "sluice.yaml"), config);
});
afterAll(async () => {
  await argumentsSeen?.();
  await project?.[Symbol.asyncDispose]();
});

function optionsFor(migration: string) {
  const { stack, directory } = project;
  const env = { ...process.env, MIGRATION: migration };
  return { stack, directory, stateHome: join(directory, "home"), env, actor: "ada" };
}

function withMigration(migration: string, configFile?: string): Deployer {
  return createDeployer({ ...optionsFor(migration), configFile });
}

const hasColumn = async () =>
  (await project.sql("select count(*) from information_schema.columns where column_name = 'note'")) === "1";

// One after the other; servers and releases are started for each: a busy machine needs minutes.
describe("a command that is configured to migrate", { timeout: 400_000 }, () => {
  it("runs once in a deployment, as a job does: rehearsed, with its limits and its name, before the release starts", async () => {
    const settings = ["lock_timeout", "statement_timeout", "application_name"];
    const seen = settings.map((name) => `current_setting('${name}') as ${name}`).join(", ");
    await using deployer = withMigration(`create table seen as select ${seen}`);
    const { plan } = await deployer.plan({ release: release("v1") }, signal);
    const kinds = plan.steps.map(({ kind }) => kind);
    expect(kinds.indexOf("rehearse")).toBeGreaterThan(kinds.indexOf("backup"));
    expect(kinds.indexOf("job")).toBeGreaterThan(kinds.indexOf("rehearse"));
    expect(kinds.indexOf("start")).toBeGreaterThan(kinds.indexOf("job"));
    expect(plan.steps.filter(({ kind }) => kind === "job")).toMatchObject([{ service: "web-migrate", database: "db" }]);
    const { outcome, deployment } = await deployer.deploy({ release: release("v1") }, signal);
    expect(outcome).toBe("live");
    expect(await project.sql("select * from seen")).toBe(`3s|15min|sluice-migration-${deployment}`);
  });

  it("is rehearsed alone, and taken back there", async () => {
    await using deployer = withMigration(addColumn);
    const report = await deployer.database.rehearse({ release: release("v2") }, signal);
    expect(report).toMatchObject({
      verdict: "pass",
      migration: { how: "job", services: ["web-migrate"], error: null },
      compatibility: { release: "v1", result: "pass" },
      down: { error: null, left: [] },
    });
    expect(await hasColumn()).toBe(false);
  });

  it("fails a deployment as a job does: the release never starts, and the database is what it was", async () => {
    await using deployer = withMigration(`begin; ${addColumn}; alter table nowhere add column x int; commit`);
    const { outcome, serving, error } = await deployer.deploy({ release: release("v3") }, signal);
    expect({ outcome, tag: serving?.tag }).toEqual({ outcome: "failed", tag: "v1" });
    expect(error).toMatchObject({ code: "REHEARSAL_FAILED", detail: expect.stringContaining("web-migrate") });
    expect(await hasColumn()).toBe(false);
  });

  it("is run and taken back by itself, under a run lock and watched", async () => {
    await using deployer = withMigration(addColumn);
    await deployer.deploy({ release: release("v4") }, signal);
    expect(await hasColumn()).toBe(true);
    const down = await deployer.database.migrate({ release: "v4", down: true }, signal);
    expect(down.jobs).toMatchObject([{ job: "web-migrate", report: { schemaChanged: true } }]);
    expect(await hasColumn()).toBe(false);
    const up = await deployer.database.migrate({ release: "v4" }, signal);
    expect(up.jobs).toMatchObject([{ job: "web-migrate", report: { attempts: 1, schemaChanged: true } }]);
    expect(await hasColumn()).toBe(true);
  });

  it("that meets a lock is not run again unasked, as rows that it had committed would be changed once more", async () => {
    const migration = "update customers set name = name || '!' where id = 1; alter table orders add column late int";
    await storeRelease(optionsFor(migration), "v5");
    await using deployer = withMigration(migration);
    const reading = project
      .sql("set application_name = 'test-report'; begin; select count(*) from orders; select pg_sleep(600)")
      .catch(() => "");
    const reader = "application_name = 'test-report' and query like '%pg_sleep%' and state = 'active'";
    await until(async () => (await project.sql(`select count(*) from pg_stat_activity where ${reader}`)) === "1");
    await expect(deployer.database.migrate({ release: "v5" }, signal)).rejects.toMatchObject({
      code: "MIGRATION_FAILED",
      message: expect.stringMatching(/^the migration gave up: .*it has changed nothing of the schema$/),
      hint: expect.stringContaining("rows that its tool had committed by then stay changed"),
    });
    await project.sql(`select pg_terminate_backend(pid) from pg_stat_activity where ${reader}`, "postgres");
    await reading;
    expect(await project.sql("select name from customers where id = 1")).toBe("customer 1!");
  });

  it("that is interrupted ends soon, and is told with what it has left", async () => {
    await using deployer = withMigration(addColumn);
    const reading = project
      .sql("set application_name = 'test-report'; begin; select count(*) from orders; select pg_sleep(600)")
      .catch(() => "");
    const count = async (where: string) => await project.sql(`select count(*) from pg_stat_activity where ${where}`);
    const reader = "application_name = 'test-report' and query like '%pg_sleep%' and state = 'active'";
    await until(async () => (await count(reader)) === "1");
    const stop = new AbortController();
    const found: Finding[] = [];
    const call = { release: "v5", onFinding: (finding: Finding) => void found.push(finding) };
    const running = deployer.database.migrate(call, stop.signal);
    running.catch(() => undefined);
    await until(async () => (await count("wait_event_type = 'Lock' and query like '%late int%'")) === "1");
    const startedMs = performance.now();
    stop.abort(new Error("enough"));
    await expect(running).rejects.toThrow("enough");
    expect(performance.now() - startedMs).toBeLessThan(7_500);
    expect(found).toMatchObject([
      {
        code: "job-cut-short",
        message:
          "job web-migrate of v5 was stopped before it had ended: the schema is what it was, and rows that it had committed by then stay changed",
      },
    ]);
    await project.sql(`select pg_terminate_backend(pid) from pg_stat_activity where ${reader}`, "postgres");
    await reading;
  });

  it("is told with its place where the compose files have no such service", async () => {
    const configFile = join(project.directory, "wrong.yaml");
    await writeFile(configFile, config.replace("    service: web\n", "    service: api\n"));
    await using deployer = withMigration(addColumn, configFile);
    await expect(deployer.plan({ release: release("v6") }, signal)).rejects.toMatchObject({
      code: "CONFIG_INVALID",
      message: "database.migrate.service: api: the compose files have no service of this name",
      hint: expect.stringContaining("they have db, web"),
      position: { file: "wrong.yaml", line: 6, column: 14 },
    });
  });

  it("shows the password to nobody who looks at processes", async () => {
    expect(
      await argumentsSeen("pg_restore ", "$MIGRATION", "alter table orders drop column if exists note", "pg_dump "),
    ).toEqual([]);
  });
});

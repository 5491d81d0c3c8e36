import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type StopWatching, watchArguments } from "@sluice/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDeployer, type Deployer } from "../src/index.ts";
import { docker, image, type Project, password, startProject } from "./support/postgres.ts";
import { storeRelease } from "./support/store-release.ts";
import { startToolsImage, type ToolsImage } from "./support/tools-image.ts";
import { until } from "./support/until.ts";

const signal = new AbortController().signal;
const release = (tag: string) => ({ tag, commit: null, dirty: true, source: "option" }) as const;
/** No service of it migrates; who talks to the database has its address in a variable, as applications do. */
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
    user: postgres
    working_dir: /tmp
    environment:
      DATABASE_URL: postgres://shop:${password}@db:5432/shop
      PGHOST: db
      PGUSER: shop
      PGDATABASE: shop
      PGPASSWORD: ${password}
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
volumes: { data: {} }
`;
const configOf = (toolImage: string) => `
database:
  service: db
  rehearsal: block
  migrate:
    service: web
    sql: { directory: db/migrations, image: ${toolImage} }
    down: { job: web-migrate, command: [dbmate, down] }
services: { web: { role: web, port: 8080 } }
checks: [{ name: orders, http: { path: /cgi-bin/orders, contains: "20000" } }]
rollout: { steps: [100], bake: 0s, keep: removed }
analysis: { enabled: false }
`;

let project: Project;
let tools: ToolsImage;
let toolImage: string;
let argumentsSeen: StopWatching;

// dbmate is a program for the machine that it was installed on, and containers are Linux.
const isLinux = process.platform === "linux";
beforeAll(async () => {
  if (!isLinux) return;
  tools = startToolsImage(["dbmate"]);
  project = await startProject("sqlfiles");
  argumentsSeen = await watchArguments(password);
  await tools.built;
  toolImage = await withEntrypoint(tools.name);
  await writeFile(join(project.directory, "compose.yaml"), compose);
  await writeFile(join(project.directory, "sluice.yaml"), configOf(toolImage));
  await mkdir(join(project.directory, "db", "migrations"), { recursive: true });
});
afterAll(async () => {
  await argumentsSeen?.();
  await project?.[Symbol.asyncDispose]();
  if (toolImage) await docker("image", "rm", "-f", toolImage);
  await tools?.[Symbol.asyncDispose]();
});

/** As dbmate's own image is: the tool is its entrypoint. */
async function withEntrypoint(name: string): Promise<string> {
  const context = await mkdtemp(join(tmpdir(), "dbmate-image-"));
  try {
    await writeFile(join(context, "Dockerfile"), `FROM ${name}\nENTRYPOINT ["dbmate"]\n`);
    await docker("build", "-q", "-t", `${name}-entry`, context);
    return `${name}-entry`;
  } finally {
    await rm(context, { recursive: true, force: true });
  }
}

const migration = (name: string, up: string, down: string) =>
  writeFile(join(project.directory, "db", "migrations", name), `-- migrate:up\n${up};\n\n-- migrate:down\n${down};\n`);

function options() {
  const { stack, directory } = project;
  return { stack, directory, stateHome: join(directory, "home"), env: process.env, actor: "ada" };
}

function open(): Deployer {
  return createDeployer(options());
}

const hasColumn = async (name: string) =>
  (await project.sql(`select count(*) from information_schema.columns where column_name = '${name}'`)) === "1";

// One after the other; servers and releases are started for each: a busy machine needs minutes.
describe.skipIf(!isLinux)("a directory of plain SQL files", { timeout: 400_000 }, () => {
  it("is run through dbmate in a deployment, rehearsed before, with its limits and its name", async () => {
    const settings = ["lock_timeout", "statement_timeout", "application_name"];
    const seen = settings.map((name) => `current_setting('${name}') as ${name}`).join(", ");
    await migration("20261101000000_seen.sql", `create table seen as select ${seen}`, "drop table seen");
    await using deployer = open();
    const { plan } = await deployer.plan({ release: release("v1") }, signal);
    expect(plan.steps.filter(({ kind }) => kind === "job")).toMatchObject([{ service: "web-migrate", database: "db" }]);
    expect(plan.steps.map(({ kind }) => kind)).toContain("rehearse");
    const { outcome, deployment } = await deployer.deploy({ release: release("v1") }, signal);
    expect(outcome).toBe("live");
    expect(await project.sql("select * from seen")).toBe(`3s|15min|sluice-migration-${deployment}`);
    expect(await project.sql("select version from schema_migrations")).toBe("20261101000000");
  });

  it("fails in the rehearsal, and nothing of production is touched", async () => {
    await migration("20261102000000_note.sql", "alter table nowhere add column note text", "select 1");
    await using deployer = open();
    const { outcome, serving, error } = await deployer.deploy({ release: release("v2") }, signal);
    expect({ outcome, tag: serving?.tag }).toEqual({ outcome: "failed", tag: "v1" });
    expect(error).toMatchObject({
      code: "REHEARSAL_FAILED",
      detail: expect.stringContaining("job web-migrate ended with exit code"),
    });
    expect(await project.sql("select version from schema_migrations")).toBe("20261101000000");
  });

  it("belongs to its release: what the checkout has since is not run, and dbmate takes it back", async () => {
    await migration(
      "20261102000000_note.sql",
      "alter table orders add column note text",
      "alter table orders drop column note",
    );
    await using deployer = open();
    expect(await deployer.deploy({ release: release("v3") }, signal)).toMatchObject({ outcome: "live" });
    expect(await hasColumn("note")).toBe(true);
    await migration(
      "20261103000000_later.sql",
      "alter table orders add column later text",
      "alter table orders drop column later",
    );
    const down = await deployer.database.migrate({ release: "v3", down: true }, signal);
    expect(down.jobs).toMatchObject([{ job: "web-migrate", report: { schemaChanged: true } }]);
    expect(await hasColumn("note")).toBe(false);
    const up = await deployer.database.migrate({ release: "v3" }, signal);
    expect(up.jobs).toMatchObject([{ job: "web-migrate", report: { attempts: 1, schemaChanged: true } }]);
    expect({ note: await hasColumn("note"), later: await hasColumn("later") }).toEqual({ note: true, later: false });
  });

  it("meets a lock, and is run again by itself: each file is all or nothing", async () => {
    await storeRelease(options(), "v4");
    await using deployer = open();
    const reading = project
      .sql("set application_name = 'test-report'; begin; select count(*) from orders; select pg_sleep(600)")
      .catch(() => "");
    const reader = "application_name = 'test-report' and query like '%pg_sleep%' and state = 'active'";
    await until(async () => (await project.sql(`select count(*) from pg_stat_activity where ${reader}`)) === "1");
    const told: string[] = [];
    const running = deployer.database.migrate({ release: "v4", onText: (text) => void told.push(text) }, signal);
    const again = "nothing of the schema was changed, attempt 2 of 3";
    await Promise.race([running, until(async () => told.some((text) => text.includes(again)))]);
    await project.sql(`select pg_terminate_backend(pid) from pg_stat_activity where ${reader}`, "postgres");
    await reading;
    expect((await running).jobs).toMatchObject([{ job: "web-migrate", report: { schemaChanged: true } }]);
    expect(told).toContainEqual(expect.stringContaining(again));
    expect(told).toContain("way back for data: sluice db migrate v4 --down runs dbmate down");
    expect({ note: await hasColumn("note"), later: await hasColumn("later") }).toEqual({ note: true, later: true });
  });

  it("is taken back of the release that is named, and never what is another one's", async () => {
    await using deployer = open();
    const { database } = deployer;
    const refused = { code: "USAGE", message: expect.stringContaining("is that of release v4, and v3 serves") };
    const named = { ...refused, hint: expect.stringContaining("sluice db migrate v4 --down") };
    await expect(database.migrate({ down: true }, signal)).rejects.toMatchObject(named);
    // What was refused is no last word.
    await expect(database.planMigration({ down: true }, signal)).rejects.toMatchObject(named);
    await expect(database.migrate({ release: "v3", down: true }, signal)).rejects.toMatchObject({
      code: "USAGE",
      message: expect.stringContaining(
        "it would take back 20261102000000_note.sql, and 20261103000000 was applied after it",
      ),
    });
    expect({ note: await hasColumn("note"), later: await hasColumn("later") }).toEqual({ note: true, later: true });
    await database.migrate({ release: "v4", down: true }, signal);
    expect({ note: await hasColumn("note"), later: await hasColumn("later") }).toEqual({ note: true, later: false });
    await expect(database.migrate({ release: "v4", down: true }, signal)).rejects.toMatchObject({
      code: "USAGE",
      message: expect.stringContaining("20261102000000_note.sql, which the release that serves has too"),
      hint: "to take that back: sluice db migrate v3 --down",
    });
    await expect(database.migrate({ down: true }, signal)).rejects.toMatchObject({ code: "USAGE" });
    expect(await hasColumn("note")).toBe(true);
  });

  it("refuses a deployment where a file would not run, and no way back and no look", async () => {
    await writeFile(join(project.directory, "db", "migrations", "20261104000000_bare.sql"), "drop table orders;\n");
    await using deployer = open();
    await expect(deployer.plan({ release: release("v5") }, signal)).rejects.toMatchObject({
      code: "SERVICE_REFUSED",
      message: expect.stringContaining('db/migrations/20261104000000_bare.sql has no line "-- migrate:up"'),
    });
    expect(await deployer.status(signal)).toMatchObject({ serving: { tag: "v3" } });
    expect(await deployer.planRollback({}, signal)).toMatchObject({ tag: "v1" });
  });

  it("shows the password to nobody who looks at processes", async () => {
    expect(await argumentsSeen("dbmate migrate", "dbmate down", "pg_dump ")).toEqual([]);
  });
});

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type StopWatching, watchArguments } from "@sluice/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDeployer, type Deployer } from "../src/index.ts";
import { image, type Project, password, startProject } from "./support/postgres.ts";

const signal = new AbortController().signal;
/** An application that migrates when it starts, as most do: what the environment says, and a row that says when it did. */
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
    scale: 3
    entrypoint: [sh, -c]
    command:
      - |
        set -e
        id="$$(psql -XqAtw -c 'insert into starts default values returning id')"
        printf "%s" "$$MIGRATION" | psql -XqAtw -v ON_ERROR_STOP=1
        psql -XqAtw -c "select pg_sleep(1); update starts set ended = clock_timestamp() where id = $$id"
        mkdir -p /tmp/www/cgi-bin
        printf '#!/bin/sh\\nprintf "Content-Type: text/plain\\\\r\\\\n\\\\r\\\\n"\\npsql -XqAtw -c "select count(total) from orders"' > /tmp/www/cgi-bin/orders
        chmod +x /tmp/www/cgi-bin/orders
        touch /tmp/migrated
        exec busybox httpd -f -p 8080 -h /tmp/www
    healthcheck: { test: [CMD-SHELL, "test -f /tmp/migrated && psql -XqAtw -c 'select 1'"], interval: 10s, start_period: 60s, start_interval: 500ms }
volumes: { data: {} }
`;
const config = `
database: { service: db, rehearsal: block }
services:
  web: { role: web, port: 8080 }
checks:
  - { name: orders, http: { path: /cgi-bin/orders, contains: "20000" } }
rollout: { steps: [100], bake: 0s, keep: removed }
analysis: { enabled: false }
`;
const release = (tag: string) => ({ tag, commit: null, dirty: true, source: "option" }) as const;

let project: Project;
let argumentsSeen: StopWatching;

beforeAll(async () => {
  project = await startProject("rehstart");
  argumentsSeen = await watchArguments(password);
  await project.sql(
    "create table starts (id serial primary key, began timestamptz default clock_timestamp(), ended timestamptz)",
  );
  await writeFile(join(project.directory, "compose.yaml"), compose);
  await writeFile(join(project.directory, "sluice.yaml"), config);
});
afterAll(async () => {
  await argumentsSeen?.();
  await project?.[Symbol.asyncDispose]();
});

/** A deployer of the project whose application makes that at its start: one reads its compose file once. */
function withMigration(migration: string): Deployer {
  return createDeployer({
    stack: project.stack,
    directory: project.directory,
    stateHome: join(project.directory, "home"),
    env: { ...process.env, MIGRATION: migration },
    actor: "ada",
  });
}

const columns = () =>
  project.sql(
    "select string_agg(column_name, ',' order by ordinal_position) from information_schema.columns where table_name = 'orders'",
  );

// One after the other; servers and releases are started for each: a busy machine needs minutes.
describe("an application that migrates when it starts", { timeout: 400_000 }, () => {
  it("is deployed: one of it migrates and is ready before the others start", async () => {
    await using deployer = withMigration("select 1");
    const { plan } = await deployer.plan({ release: release("v1") }, signal);
    expect(plan.steps.find(({ kind }) => kind === "start")).toMatchObject({
      first: "web",
      cause: expect.stringContaining("one web starts alone, as it may migrate db"),
    });
    expect(plan.steps.find(({ kind }) => kind === "rehearse")).toMatchObject({
      cause: expect.stringContaining("the start of v1 runs on a copy of db first"),
    });
    expect(await deployer.deploy({ release: release("v1") }, signal)).toMatchObject({ outcome: "live" });
    // Of the copy nothing is in the database itself.
    expect(await project.sql("select count(*) from starts where ended is not null")).toBe("3");
    expect(
      await project.sql("select count(*) from starts where began > (select ended from starts order by began limit 1)"),
    ).toBe("2");
  });

  it("is rehearsed: a harmless migration passes, and the database itself stays as it is", async () => {
    const before = await columns();
    await using deployer = withMigration("alter table orders add column if not exists note text");
    const report = await deployer.database.rehearse({ release: release("v2") }, signal);
    expect(report).toMatchObject({
      verdict: "pass",
      migration: { how: "start", services: ["web"], error: null },
      compatibility: { release: "v1", result: "pass" },
    });
    expect(report.observations.changes).toEqual([
      { change: "column-added", table: "public.orders", column: "note", required: false },
    ]);
    expect(await columns()).toBe(before);
    expect(await project.sql("select count(*) from starts")).toBe("3");
  });

  it("is rehearsed: one that the release that serves cannot live with ends its deployment before it starts", async () => {
    const before = await columns();
    await using deployer = withMigration("alter table orders rename column total to amount");
    const { outcome, serving, error } = await deployer.deploy({ release: release("v3") }, signal);
    expect({ outcome, tag: serving?.tag }).toEqual({ outcome: "failed", tag: "v1" });
    expect(error).toMatchObject({
      code: "REHEARSAL_FAILED",
      message: expect.stringContaining("v1 does not run on the new schema: "),
      detail: expect.stringContaining("column-renamed: column total of public.orders becomes amount"),
    });
    expect(await columns()).toBe(before);
    expect(await project.sql("select count(*) from starts")).toBe("3");
  });

  it("is rehearsed: one that fails at its start is told as that", async () => {
    await using deployer = withMigration("alter table nowhere add column x int");
    const report = await deployer.database.rehearse({ release: release("v4") }, signal);
    expect(report.verdict).toBe("block");
    expect(report.migration).toMatchObject({
      how: "start",
      services: ["web"],
      error: { detail: expect.stringContaining('relation "nowhere" does not exist') },
    });
  });

  it("shows the password to nobody who looks at processes", async () => {
    expect(await argumentsSeen("pg_restore ", "insert into starts", "busybox httpd")).toEqual([]);
  });
});

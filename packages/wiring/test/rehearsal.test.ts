import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { StoredRelease } from "@sluice/core";
import { provideRelease } from "@sluice/engine";
import { type StopWatching, watchArguments } from "@sluice/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDatabase } from "../src/database/open-database.ts";
import { type Rehearsal, rehearse } from "../src/database/rehearsal/rehearse.ts";
import { createSession, type Session } from "../src/session.ts";
import { docker, image, type Project, password, startProject } from "./support/postgres.ts";

const signal = new AbortController().signal;
const client = `PGHOST: db, PGUSER: shop, PGDATABASE: shop, PGPASSWORD: ${password}`;
/** The web service answers requests by asking the database; the migration is what the environment says. */
const compose = `
services:
  db:
    image: ${image}
    environment: { POSTGRES_USER: shop, POSTGRES_DB: shop, POSTGRES_PASSWORD: ${password} }
    volumes: [data:/var/lib/postgresql/data]
  migrate:
    image: ${image}
    environment: { ${client}, MIGRATION: "\${MIGRATION}" }
    entrypoint: [sh, -c]
    command: ['printf "%s" "$$MIGRATION" | psql -XqAtw -v ON_ERROR_STOP=1']
    depends_on: [db]
  web:
    image: ${image}
    environment: { ${client} }
    ports: ["8080"]
    volumes: [data:/data]
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
  migrate: { down: { job: migrate, command: ['psql -XqAtw -c "alter table orders drop column if exists note"'] } }
services:
  web: { role: web, port: 8080, sharedVolumes: true }
  migrate: { role: job }
checks:
  - { name: orders, http: { path: /cgi-bin/orders, contains: "20000" } }
`;
/** Of what the next release brings. */
const newCheck = `  - { name: not yet, http: { path: /cgi-bin/later, contains: "20000" } }\n`;

let project: Project;
let previous: StoredRelease;
const sessions: Session[] = [];
/** From before the first rehearsal to the last. */
let argumentsSeen: StopWatching;

beforeAll(async () => {
  project = await startProject("rehearse");
  argumentsSeen = await watchArguments(password);
  await writeFile(join(project.directory, "compose.yaml"), compose);
  await writeFile(join(project.directory, "sluice.yaml"), config);
  previous = await releaseOf(sessionWith(""), "v1");
  await writeFile(join(project.directory, "sluice.yaml"), `${config}${newCheck}`);
});
afterAll(async () => {
  await argumentsSeen?.();
  for (const session of sessions) await session[Symbol.asyncDispose]();
  await project?.[Symbol.asyncDispose]();
});

function sessionWith(migration: string): Session {
  const session = createSession({
    stack: project.stack,
    directory: project.directory,
    stateHome: join(project.directory, "home"),
    env: { ...process.env, MIGRATION: migration },
    actor: "ada",
  });
  sessions.push(session);
  return session;
}

async function releaseOf(session: Session, tag: string): Promise<StoredRelease> {
  const request = { tag, commit: null, dirty: true, source: "option" } as const;
  const [project, config] = await Promise.all([session.project(), session.config()]);
  return provideRelease(await session.ports(), { project, release: request, config });
}

async function rehearsed(migration: string, over: Partial<Rehearsal> = {}) {
  const session = sessionWith(migration);
  const candidate = await releaseOf(session, "v2");
  const database = await openDatabase(session, {}, signal);
  return rehearse(session, database, { candidate, previous, ...over }, signal);
}

const left = async () => {
  const byStack = await docker("ps", "-aq", "--filter", `label=dev.sluice.stack=${project.stack}`);
  const byProject = await docker(
    "ps",
    "-aq",
    "--filter",
    `label=com.docker.compose.project=${project.stack}-rehearsal`,
  );
  const networks = await docker("network", "ls", "-q", "--filter", `name=${project.stack}-rehearsal`);
  return [byStack, byProject, networks].join("");
};

// A server, two releases and a migration are started for each: a busy machine needs minutes.
describe("a rehearsal", { timeout: 300_000 }, () => {
  it("of a harmless migration passes: the release that serves answers on the migrated copy", async () => {
    const before = await project.sql("select count(*) from information_schema.columns");
    const report = await rehearsed("alter table orders add column note text;");
    expect(report).toMatchObject({
      verdict: "pass",
      release: "v2",
      // "not yet" fails on what was restored, too: that says nothing of the migration, and nothing good of the backup.
      backup: { level: "compared" },
      migration: { how: "job", services: ["migrate"], error: null },
      compatibility: {
        release: "v1",
        result: "pass",
        why: "2 of its checks passed; 1 did not pass before the migration either",
      },
    });
    expect(report.observations.changes).toEqual([
      { change: "column-added", table: "public.orders", column: "note", required: false },
    ]);
    expect(report.down).toMatchObject({ error: null, left: [] });
    expect(report.notTested).toContain("workers of the previous release, and what its checks do not ask for");
    expect(JSON.stringify(report)).not.toContain(password);
    // Production is what it was, and nothing is left.
    expect(await project.sql("select count(*) from information_schema.columns")).toBe(before);
    expect(await left()).toBe("");
  });

  it("of one that the release that serves cannot live with blocks, and says which check", async () => {
    const report = await rehearsed("alter table orders rename column total to amount;");
    expect(report.verdict).toBe("block");
    expect(report.findings.map(({ code }) => code)).toEqual([
      "previous-fails",
      "column-renamed",
      "down-incomplete",
      "squawk-renaming-column",
    ]);
    expect(report.lint).toMatchObject({ notRead: null });
    expect(report.down).toMatchObject({ error: null, left: ["column-renamed total of public.orders"] });
    expect(report.compatibility).toMatchObject({ result: "fail", why: expect.stringContaining('check "orders"') });
    expect(await left()).toBe("");
  });

  it("of one that fails blocks with what it said", async () => {
    const report = await rehearsed("alter table orders add column note text; alter table nowhere add column x int;", {
      previous: null,
    });
    expect(report.verdict).toBe("block");
    expect(report.migration.error).toMatchObject({
      code: "JOB_FAILED",
      detail: expect.stringContaining('relation "nowhere" does not exist'),
    });
    expect(await left()).toBe("");
  });

  it("shows the password to nobody who looks at processes", async () => {
    expect(await argumentsSeen("pg_restore ", 'printf "%s" "$MIGRATION" | psql', "squawk")).toEqual([]);
  });
});

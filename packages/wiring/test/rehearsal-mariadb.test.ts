import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { StoredRelease } from "@sluice/core";
import { provideRelease } from "@sluice/engine";
import { type StopWatching, watchArguments } from "@sluice/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDatabase } from "../src/database/open-database.ts";
import { rehearse } from "../src/database/rehearsal/rehearse.ts";
import { createSession, type Session } from "../src/session.ts";
import { type ComposeProject, startComposeProject } from "./support/compose-project.ts";
import { mariadbImage, mariadbService, mariadbVolumes } from "./support/mariadb.ts";

const password = "canary-2c9d11";
const signal = new AbortController().signal;
const client = "mariadb --host=db --user=shop shop";
/** The migration is what the environment says, run with the application's own account and password. */
const compose = {
  services: {
    db: mariadbService({ password, root: `root-${password}` }),
    migrate: {
      image: mariadbImage,
      environment: { MYSQL_PWD: password, MIGRATION: "${MIGRATION:-select 1}" },
      entrypoint: ["sh", "-c"],
      command: [`printf "%s" "$$MIGRATION" | ${client}`],
      depends_on: { db: { condition: "service_healthy" } },
    },
  },
  volumes: mariadbVolumes,
};
const down = { job: "migrate", command: [`echo 'alter table orders drop column note' | ${client}`] };
const config = { services: { migrate: { role: "job" } }, database: { service: "db", migrate: { down } } };
const content = `
create table orders (id int auto_increment primary key, total decimal(12, 2));
insert into orders (total) select seq * 1.5 from seq_1_to_20000;
`;

let project: ComposeProject;
/** From before the first rehearsal to the last. */
let argumentsSeen: StopWatching;
const sessions: Session[] = [];

beforeAll(async () => {
  // Compose waits for what is started, and a job ends: it comes into the file afterwards.
  const { migrate: _job, ...running } = compose.services;
  argumentsSeen = await watchArguments(password);
  project = await startComposeProject("rehmaria", { compose: { ...compose, services: running }, config });
  await writeFile(join(project.directory, "compose.yaml"), JSON.stringify(compose));
  const sql = ["sh", "-c", "MYSQL_PWD=$MARIADB_ROOT_PASSWORD mariadb -u root shop"];
  await project.run("db", sql, { input: content });
});
afterAll(async () => {
  await argumentsSeen?.();
  for (const session of sessions) await session[Symbol.asyncDispose]();
  await project?.[Symbol.asyncDispose]();
});

async function rehearsed(migration: string) {
  const { stack, directory } = project;
  const session = createSession({
    stack,
    directory,
    configFile: `${directory}/sluice-1.yaml`,
    stateHome: `${directory}/home`,
    env: { ...process.env, MIGRATION: migration },
    actor: "ada",
  });
  sessions.push(session);
  const release = { tag: "v2", commit: null, dirty: true, source: "option" } as const;
  const candidate: StoredRelease = await provideRelease(await session.ports(), {
    project: await session.project(),
    release,
    config: await session.config(),
  });
  return rehearse(session, await openDatabase(session, {}, signal), { candidate, previous: null }, signal);
}

// A server and a migration are started for each: a busy machine needs minutes.
describe("a rehearsal on MariaDB", { timeout: 300_000 }, () => {
  it("of a harmless migration passes with the application's own password, and it is taken back", async () => {
    const report = await rehearsed("alter table orders add column note text;");
    expect(report.migration).toMatchObject({ how: "job", services: ["migrate"], error: null });
    expect(report).toMatchObject({ verdict: "pass", down: { error: null, left: [] } });
    expect(report.observations.changes).toEqual([
      { change: "column-added", table: "orders", column: "note", required: false },
    ]);
    expect(report.observations.statements).toMatchObject([
      { sql: "alter table orders add column note text", how: "INSTANT" },
    ]);
    expect(report.observations.locks).toMatchObject([{ table: "orders", blocks: "reads and writes" }]);
    expect(JSON.stringify(report)).not.toContain(password);
  });

  it("of one that overwrites values says in how many rows, also where rows are added", async () => {
    const report = await rehearsed(
      "alter table orders add column note text; set @s = 'alter table orders modify total decimal(14, 2)'; prepare s from @s; execute s; update orders set note = 'x'; update orders set total = 0 where id <= 900; insert into orders (total) values (1);",
    );
    expect(report.findings.map(({ code, severity, message }) => [severity, code, message])).toEqual([
      ["warn", "down-incomplete", expect.stringContaining("other values in orders")],
      ["warn", "column-type-changed", expect.stringContaining("decimal(14,2)")],
      ["warn", "values-changed", "900 of 20000 rows of orders hold other values in columns that were there before"],
      // What was prepared has no text here, and wrote the table anew all the same.
      ["note", "table-rewritten", expect.stringContaining("under a lock")],
    ]);
    expect(report.verdict).toBe("warn");
    expect(report.notTested.join()).toContain("prepared statements");
  });

  it("of one that fails half-way says what stays", async () => {
    const report = await rehearsed(
      "create table notes (id int); alter table orders add b int; alter table nowhere add c int;",
    );
    expect(report.verdict).toBe("block");
    expect(report.findings.map(({ code }) => code)).toEqual(["migration-failed", "left-half-way"]);
    expect(report.findings[1]?.message).toContain("new table notes, column-added b of orders");
    expect(report.down).toBeNull();
  });

  it("shows no password to anybody who looks at processes", async () => {
    expect(await argumentsSeen("mariadb-dump ", "mariadb --host=db --user=shop")).toEqual([]);
  });
});

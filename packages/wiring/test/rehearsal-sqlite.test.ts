import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Deployer } from "../src/index.ts";
import { type ComposeProject, startComposeProject } from "./support/compose-project.ts";
import { listening } from "./support/listening.ts";
import { docker } from "./support/postgres.ts";
import { until } from "./support/until.ts";

const signal = new AbortController().signal;
const image = "sluice-test/node:24";
const release = (tag: string, commit: string) => ({ tag, commit, dirty: false, source: "option" }) as const;

/** Answers with the sum of all orders, or with what the database says. */
const application = `
const { DatabaseSync } = require("node:sqlite");
const database = new DatabaseSync("/srv/data/shop/app.db");
database.exec("pragma journal_mode = wal; pragma busy_timeout = 5000; create table if not exists orders (id integer primary key, total integer)");
database.exec("insert or ignore into orders (id, total) with recursive n(i) as (select 1 union all select i + 1 from n where i < 2000) select i, i from n");
require("node:http").createServer((_request, response) => {
  try {
    response.end(String(database.prepare("select sum(total) as sum from orders").get().sum));
  } catch (error) {
    response.writeHead(500).end(error.message);
  }
}).listen(8080);
`;
const run = (sql: string) =>
  `const d = new (require("node:sqlite").DatabaseSync)("/db/shop/app.db"); d.exec("pragma busy_timeout = 5000"); d.exec(${JSON.stringify(sql)})`;
const node = (script: string) => ["node", "--no-warnings", "-e", script];

const web = {
  image,
  command: ["sh", "-c", 'mkdir -p /srv/data/shop && exec node --no-warnings -e "$$APPLICATION"'],
  environment: { APPLICATION: application.replaceAll("$", "$$$$") },
  volumes: ["data:/srv/data"],
  ports: ["8080"],
  init: true,
  healthcheck: listening(8080),
};
/** Has the volume at another place; in a rehearsal, whoever it runs as can write to the copy. */
const migrate = (migration: string, user: string) => ({
  build: { context: "." },
  user,
  command: node(run(migration)),
  volumes: ["data:/db"],
});
const volumes = { data: {} };
const config = {
  services: { web: { role: "web", port: 8080, sharedVolumes: true }, migrate: { role: "job" } },
  checks: [{ name: "orders", http: { path: "/", contains: "2001000" } }],
  database: {
    kind: "sqlite",
    service: "web",
    file: "/srv/data/shop/app.db",
    rehearsal: "block",
    migrate: { down: { job: "migrate", command: node(run("alter table orders drop column note")) } },
  },
  rollout: { steps: [100], bake: "0s" },
  analysis: { enabled: false },
};

let project: ComposeProject;
beforeAll(async () => {
  project = await startComposeProject("rehlite", { compose: { services: { web }, volumes }, config });
  await until(async () => (await columns().catch(() => "")) === "id,total");
});
afterAll(() => project?.[Symbol.asyncDispose]());

/** A deployer of the project with that migration: one reads its compose file once. */
async function withMigration(sql: string, user = "0"): Promise<Deployer> {
  await write(project, sql, user, `FROM ${image}`);
  return project.open(config);
}

async function write({ directory }: ComposeProject, sql: string, user: string, dockerfile: string): Promise<void> {
  const compose = { services: { web, migrate: migrate(sql, user) }, volumes };
  await writeFile(join(directory, "compose.yaml"), JSON.stringify(compose));
  await writeFile(join(directory, "Dockerfile"), `${dockerfile}\n`);
}

/** Of the live database, by a container that nobody else needs. */
async function columns(): Promise<string> {
  const script = `const d = new (require("node:sqlite").DatabaseSync)("/db/shop/app.db"); console.log(d.prepare("select group_concat(name) as names from pragma_table_info('orders')").get().names)`;
  return docker("run", "--rm", "-v", `${project.stack}_data:/db`, image, ...node(script));
}

const left = async () => {
  const scratches = [
    "--filter",
    `label=dev.sluice.stack=${project.stack}`,
    "--filter",
    "label=dev.sluice.kind=scratch",
  ];
  const rehearsed = ["--filter", `label=com.docker.compose.project=${project.stack}-rehearsal`];
  return `${await docker("ps", "-aq", ...scratches)}${await docker("ps", "-aq", ...rehearsed)}`;
};

// One after the other; servers, jobs and releases are started for each: a busy machine needs minutes.
describe("a rehearsal on SQLite", { timeout: 300_000 }, () => {
  it("is a step of a deployment, also where the application itself has the database", async () => {
    await using deployer = await withMigration("create index by_total on orders (total)");
    const { plan } = await deployer.plan({ release: release("v1", "1".repeat(40)) }, signal);
    const kinds = plan.steps.map(({ kind }) => kind);
    expect(kinds.slice(0, 3)).toEqual(["build", "backup", "rehearse"]);
    expect(await deployer.deploy({ release: release("v1", "1".repeat(40)) }, signal)).toMatchObject({
      outcome: "live",
    });
    expect(await left()).toBe("");
  });

  it("passes a harmless migration that finds the copy at its own place, and takes it back", async () => {
    await using deployer = await withMigration("alter table orders add column note text", "1000");
    const report = await deployer.database.rehearse({ release: release("v2", "2".repeat(40)) }, signal);
    expect(report).toMatchObject({
      verdict: "pass",
      backup: { level: "smoked" },
      migration: { how: "job", services: ["migrate"], error: null },
      compatibility: { release: "v1", result: "pass" },
      down: { error: null, left: [] },
    });
    expect(report.observations.changes).toEqual([
      { change: "column-added", table: "orders", column: "note", required: false },
    ]);
    expect(report.observations.tables).toMatchObject([{ table: "orders", rowsBefore: 2_000, rowsAfter: 2_000 }]);
    // v1 was content with the restored copy before the migration touched it.
    const { verified } = await deployer.database.show(report.backup.id);
    expect(verified.map(({ level }) => level)).toEqual(["written", "decoded", "restored", "compared", "smoked"]);
    expect(verified.at(-1)?.notTested[0]).toMatch(/^more than the checks ".*" of v1$/);
    expect(report.notTested).toContainEqual(expect.stringContaining("who would wait for the migration"));
    expect(await columns()).toBe("id,total");
    expect(await left()).toBe("");
  });

  it("stops a deployment whose migration the release that serves cannot live with, before the database is touched", async () => {
    await using deployer = await withMigration("alter table orders rename column total to amount");
    const { outcome, serving, error } = await deployer.deploy({ release: release("v3", "3".repeat(40)) }, signal);
    expect({ outcome, tag: serving?.tag }).toEqual({ outcome: "failed", tag: "v1" });
    expect(error).toMatchObject({
      code: "REHEARSAL_FAILED",
      message: expect.stringContaining("v1 does not run on the new schema: "),
      detail: expect.stringContaining("column-renamed: column total of orders becomes amount"),
    });
    expect(await columns()).toBe("id,total");
    expect(await left()).toBe("");
  });

  it("is made with the very images that another stack has proven", async () => {
    await using production = await startComposeProject("rehprod", {
      compose: { services: { web }, volumes },
      config: {},
    });
    const sql = "create index by_total on orders (total)";
    await write(production, sql, "0", `FROM ${image}\nRUN false`);
    const promotion = { stack: project.stack, stateHome: join(project.directory, "home"), minimumTime: "30m" };
    await using deployer = await production.open({ ...config, promotion });
    const call = { release: release("v1", "1".repeat(40)) };
    const report = await deployer.database.rehearse(call, signal);
    expect(report).toMatchObject({ release: "v1", migration: { how: "job", error: null } });
    const imageOf = async (one: Deployer) => (await one.releases()).find(({ tag }) => tag === "v1")?.images["migrate"];
    expect(await imageOf(deployer)).toBe(await imageOf(project.deployer));
    const other = deployer.database.rehearse({ release: release("v2", "2".repeat(40)) }, signal);
    await expect(other).rejects.toMatchObject({ code: "RELEASE_REFUSED" });
  });
});

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { differences, type Fingerprint, highestLevel, type Manifest } from "@sluice/database";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ComposeProject, startComposeProject } from "./support/compose-project.ts";
import { listening } from "./support/listening.ts";
import { mariadbService, mariadbVolumes } from "./support/mariadb.ts";
import { docker } from "./support/postgres.ts";
import { startToolsImage, type ToolsImage } from "./support/tools-image.ts";
import { until } from "./support/until.ts";

const signal = new AbortController().signal;
const release = (tag: string) => ({ tag, commit: null, dirty: true, source: "option" }) as const;
const password = "canary-61be4d";
const connection = { host: "db", user: "shop", password, database: "shop" };

/** Answers with the sum of all orders, or with what the database says. */
const application = `
const pool = require("mysql2/promise").createPool(${JSON.stringify(connection)});
require("node:http").createServer(async (_request, response) => {
  const answer = await pool.query("select sum(total) as sum from orders").then(([[{ sum }]]) => [200, sum], (error) => [500, error.message]);
  response.writeHead(answer[0]).end(answer[1]);
}).listen(8080);
`;
const db = mariadbService({ password, root: `root-${password}` });
const volumes = mariadbVolumes;
const config = {
  services: { web: { role: "web", port: 8080 }, knex: { role: "job" } },
  database: { service: "db" },
  rollout: { steps: [100], bake: "0s" },
  analysis: { enabled: false },
};
const content = `
create table orders (id int auto_increment primary key, total decimal(12, 2) not null);
insert into orders (total) select seq * 1.5 from seq_1_to_2000;
`;

let project: ComposeProject;
let made: ToolsImage;
beforeAll(async () => {
  made = startToolsImage(["knex", "mysql2"]);
  project = await startComposeProject("half", { compose: { services: { db }, volumes }, config });
  const image = made.name;
  const job = {
    image,
    command: ["knex", "migrate:latest"],
    working_dir: "/app/shop",
    volumes: ["./knex:/app/shop:ro"],
    depends_on: { db: { condition: "service_healthy" } },
  };
  const web = {
    image,
    command: ["node", "-e", application],
    init: true,
    ports: ["8080"],
    healthcheck: listening(8080),
  };
  await addFile("knexfile.js", `module.exports = { client: "mysql2", connection: ${JSON.stringify(connection)} };\n`);
  await Promise.all([
    made.built,
    sql(content),
    writeFile(join(project.directory, "compose.yaml"), JSON.stringify({ services: { db, knex: job, web }, volumes })),
  ]);
});
afterAll(async () => {
  await project?.[Symbol.asyncDispose]();
  await made?.[Symbol.asyncDispose]();
});

async function addFile(name: string, text: string): Promise<void> {
  const directory = join(project.directory, "knex");
  await mkdir(join(directory, "migrations"), { recursive: true });
  await writeFile(join(directory, name), text);
}

function addMigration(number: number, ...statements: readonly string[]): Promise<void> {
  const sent = statements.map((one) => `await knex.raw(${JSON.stringify(one)});\n`).join("");
  return addFile(
    `migrations/2026010100000${number}_step.js`,
    `exports.up = async (knex) => {\n${sent}};\nexports.down = async () => {};\n`,
  );
}

function sql(input: string): Promise<string> {
  const client = "MYSQL_PWD=$MARIADB_ROOT_PASSWORD mariadb --batch --skip-column-names -u root shop";
  return project.run("db", ["sh", "-c", client], { input });
}

/** The port that the door of the web service holds. */
async function address(): Promise<string> {
  const doors = ["--filter", `label=dev.sluice.stack=${project.stack}`, "--filter", "label=dev.sluice.kind=door"];
  const [published = ""] = (await docker("port", await docker("ps", "-q", ...doors), "8080")).split("\n");
  return `http://127.0.0.1:${published.split(":").at(-1)}/`;
}

async function ask(url: string): Promise<string> {
  const response = await fetch(url);
  return `${response.status} ${await response.text()}`;
}

function fingerprintOf({ id, fingerprint }: Manifest): Fingerprint {
  if (fingerprint) return fingerprint;
  throw new Error(`backup ${id} was compared with nothing`);
}

/** Answers that users get until it is stopped: what was not one of a version that works. */
function keepAsking(): () => Promise<readonly string[]> {
  const failures: string[] = [];
  let [going, asked] = [true, 0];
  const asking = (async () => {
    const url = await address();
    while (going) {
      const text = await ask(url).catch(String);
      if (!text.startsWith("200 ")) failures.push(text);
      asked += 1;
      await delay(50);
    }
  })();
  return async () => {
    going = false;
    await asking;
    expect(asked).toBeGreaterThan(10);
    return failures;
  };
}

// One after the other: each begins where the one before it ended. A busy machine needs minutes.
describe("a migration that dies half-way on MariaDB", { timeout: 300_000 }, () => {
  it("leaves a schema that is half changed, says what, and which backup is the way back", async () => {
    await addMigration(1, "create index by_total on orders (total)");
    await using first = await project.open({ ...config, database: { service: "db", beforeDeploy: "none" } });
    expect(await first.deploy({ release: release("v1") }, signal)).toMatchObject({ outcome: "live" });
    await addMigration(
      2,
      "alter table orders add column note text",
      "create table notes (id int)",
      // Its tool believes itself in a transaction, which the change of the schema has ended.
      "update orders set total = 0 where id > 1000",
      "alter table nowhere add column x int",
    );
    const { deployer } = project;
    const { plan } = await deployer.plan({ release: release("v2") }, signal);
    expect(plan.steps.find(({ kind }) => kind === "job")?.cause).toContain("the way back is a backup");
    const stop = keepAsking();
    const { outcome, serving, error } = await deployer.deploy({ release: release("v2") }, signal);
    expect(await stop()).toEqual([]);
    expect({ outcome, tag: serving?.tag }).toEqual({ outcome: "failed", tag: "v1" });
    const { backups } = await deployer.database.list();
    expect(backups.map(highestLevel)).toEqual(["compared"]);
    expect(error).toMatchObject({
      code: "JOB_FAILED",
      message:
        "job knex ended with exit code 1; it leaves the schema half changed, as MariaDB takes no change of a schema back: new table notes, column-added note of orders; rows were not compared",
      hint: expect.stringContaining(
        `or go back: sluice db restore ${backups[0]?.id} puts back the schema and the data`,
      ),
      detail: expect.stringContaining("Table 'shop.nowhere' doesn't exist"),
    });
    expect(await sql("select count(*) from orders where total = 0 and note is null")).toBe("1000");
  });

  it("is as if it had never been once that backup is put back, and the version that served goes on", async () => {
    const { database } = project.deployer;
    const { backups } = await database.list();
    const [backup = ""] = backups.map(({ id }) => id);
    expect((await database.planMigration({}, signal)).dataRollback).toMatchObject({ kind: "restore", backup });
    const { manifest } = await database.restore(backup, {}, signal);
    const now = await database.backup({}, signal);
    expect(differences(fingerprintOf(manifest), fingerprintOf(now))).toEqual([]);
    await until(async () => (await ask(await address())) === "200 3001500.00");
    expect(await project.deployer.status()).toMatchObject({ serving: { tag: "v1", share: 100 } });
  });
});

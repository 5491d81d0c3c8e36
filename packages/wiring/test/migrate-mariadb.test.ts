import { spawn } from "node:child_process";
import { once } from "node:events";
import { SluiceError } from "@sluice/core";
import { systemClock } from "@sluice/core/node";
import { findMysqlTarget, type MigrationSettings, type MysqlTarget, runMysqlMigration } from "@sluice/database";
import { type StopWatching, watchArguments } from "@sluice/testing";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type ComposeProject, startComposeProject } from "./support/compose-project.ts";
import { mariadbImage, mariadbService, mariadbVolumes } from "./support/mariadb.ts";
import { createExec, settings } from "./support/migrations.ts";
import { docker } from "./support/postgres.ts";
import { besideReaders } from "./support/steady-readers.ts";
import { startToolsImage, type ToolsImage } from "./support/tools-image.ts";
import { until } from "./support/until.ts";

const [password, root] = ["canary-90ac2d", "root-90ac2d"];
/** What the application may wait beyond the time that a migration may wait. */
const marginMs = 500;
const readerSeconds = 60;
/** Goes on for a while, and fails where it is cancelled, as `sleep` and `benchmark` do not. */
const works = "select max(sha2(repeat(note, 300), 512)) from orders";

let project: ComposeProject;
/** From before the first migration to the last. */
let argumentsSeen: StopWatching;
let made: ToolsImage;
let target: MysqlTarget;
/** Of the two, the one that a test is about. */
let server: "db" | "plain" = "db";
const exec = createExec();
const told: string[] = [];

beforeAll(async () => {
  made = startToolsImage(["mysql2"]);
  // The server asks for the names of its clients, unless it is told not to, as MariaDB's own image does.
  const service = mariadbService({ password, root });
  const plain = { ...service, command: ["--skip-name-resolve"], volumes: ["plain:/var/lib/mysql"] };
  // Sessions are in another zone than the machine that the server is on.
  const db = { ...service, command: ["--default-time-zone=+09:00"] };
  const compose = { services: { db, plain }, volumes: { ...mariadbVolumes, plain: {} } };
  project = await startComposeProject("mariamig", { compose, config: {} });
  for (const each of ["plain", "db"] as const) {
    server = each;
    await sql(
      "create table orders (id int primary key, total int, note varchar(200)); insert into orders select seq, seq, repeat('x', 200) from seq_1_to_300000",
    );
  }
  argumentsSeen = await watchArguments(password, root);
  target = await findMysqlTarget(exec, project.container("db"));
  await made.built;
});
afterAll(async () => {
  await argumentsSeen?.();
  await project?.[Symbol.asyncDispose]();
  await made?.[Symbol.asyncDispose]();
});
afterEach(() => void told.splice(0));

function sql(input: string, user = "root"): Promise<string> {
  const environment = { MYSQL_PWD: user === "root" ? root : password };
  return project.run(server, ["mariadb", "--batch", "--skip-column-names", "-u", user, "shop"], { input, environment });
}
const columns = () =>
  sql(
    "select group_concat(column_name) from information_schema.columns where table_schema = 'shop' and table_name = 'orders'",
  );
const readers = async () => {
  const found = await sql(
    `select id from information_schema.processlist where info like 'select sleep(${readerSeconds})%' and id <> connection_id()`,
  );
  return found.split("\n").filter((id) => id !== "");
};

/** A transaction that has read the table, and stays for a minute unless it is ended. */
async function startReader() {
  const reading = sql(`begin; select count(*) from orders where id = 4711; select sleep(${readerSeconds})`).catch(
    () => "",
  );
  await until(async () => (await readers()).length === 1);
  const [id = ""] = await readers();
  return {
    id,
    async end() {
      if ((await readers()).length > 0) await sql(`kill ${id}`);
      await reading;
    },
  };
}

/** A user's own tool: a client in a container of its own, which the server knows by its name in the network. */
async function migrate(
  statements: string,
  over: Partial<MigrationSettings> = {},
  as: MysqlTarget = target,
  left: readonly string[] = [],
) {
  let tools = 0;
  const call = {
    exec,
    target: as,
    clock: systemClock,
    run: "test",
    settings: { ...settings, ...over },
    left,
    onProgress: (text: string) => void told.push(text),
  };
  return runMysqlMigration(call, async ({ signal, onStarted }) => {
    const name = `${project.stack}-tool-${(tools += 1)}`;
    const network = `${project.stack}_default`;
    const label = `com.docker.compose.project=${project.stack}`;
    const options = ["-i", "--name", name, "--label", label, "--network", network, "-e", "MYSQL_PWD"];
    const client = ["mariadb", "-h", server, "-u", "shop", "shop"];
    const env = { ...process.env, MYSQL_PWD: password };
    const child = spawn(
      "docker",
      ["run", "--rm", ...options, "--entrypoint", client[0] ?? "", mariadbImage, ...client.slice(1)],
      {
        env,
        stdio: ["pipe", "ignore", "pipe"],
      },
    );
    let errors = "";
    child.stderr.on("data", (data: Buffer) => (errors += data.toString()));
    signal.addEventListener("abort", () => void docker("rm", "-f", "-v", name).catch(() => undefined), { once: true });
    const ended = once(child, "close");
    const format = "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}";
    let address = "";
    await until(async () => (address = await docker("inspect", "-f", format, name).catch(() => "")) !== "");
    onStarted([address, `${name}.${network}`]);
    child.stdin.end(statements);
    const [code] = (await ended) as [number];
    if (code !== 0) throw new SluiceError("JOB_FAILED", "the tool failed", { detail: errors });
  });
}

/** Runs it beside an application, whose users hardly wait. */
async function besideApplication<T>(work: () => Promise<T>, limitMs: number): Promise<T> {
  const url = `mysql://shop:${password}@db:3306/shop`;
  const { result, waits } = await besideReaders(
    { stack: project.stack, image: made.name, driver: "mysql2", url },
    work,
  );
  // Nobody's session was ended but the migration's.
  expect(waits.errors).toEqual([]);
  expect(waits.slowest).toBeGreaterThan(limitMs / 2);
  expect(waits.p99).toBeLessThan(limitMs + marginMs);
  return result;
}
const failing = (...args: Parameters<typeof migrate>) => migrate(...args).catch((error: unknown) => error);

describe("a migration of MariaDB that somebody is in the way of", { timeout: 200_000 }, () => {
  it("gives up, says who it may be, and the application hardly waits", async () => {
    const reader = await startReader();
    const before = await columns();
    const failed = await besideApplication(
      () => failing("alter table orders add column late int", { attempts: 2 }),
      settings.lockTimeoutMs,
    );
    expect(await readers()).toEqual([reader.id]);
    expect(failed).toMatchObject({
      code: "MIGRATION_FAILED",
      retryable: true,
      message: expect.stringMatching(
        new RegExp(
          `after 2 attempts: .*alter table orders add column late int waited .* for a lock that session ${reader.id} \\(root, local, in a transaction for [\\d.]+m?s: select sleep\\(\\?\\)\\) may hold; it has changed nothing of the schema`,
        ),
      ),
    });
    expect(told.join("\n")).toContain(`a migration may have to wait for session ${reader.id} (root`);
    expect(await columns()).toBe(before);
    await reader.end();
  });

  it("is done once that one has ended", async () => {
    const reader = await startReader();
    const running = migrate("alter table orders add column early int", { attempts: 3 });
    await until(async () => told.some((text) => text.includes("attempt 2 of 3")));
    await reader.end();
    expect(await running).toMatchObject({ schemaChanged: true, longTransactions: [expect.stringContaining("root")] });
    expect(await columns()).toContain("early");
  });

  it("is given up also where the server shows an account little, and says what it leaves half done", async () => {
    server = "plain";
    const few = await findMysqlTarget(exec, project.container(server), { user: "shop" });
    const reader = await startReader();
    const statements = "create table notes (id int); alter table orders add column never int";
    const failed = await failing(statements, { attempts: 3 }, few);
    expect(failed).toMatchObject({
      code: "MIGRATION_FAILED",
      message: expect.stringMatching(/the migration gave up: .* for a lock that somebody may hold; .*half changed/),
    });
    expect(told.join("\n")).toContain("shop may not see transactions of others (PROCESS)");
    expect(await columns()).not.toContain("never");
    await reader.end();
    server = "db";
  });
});

describe("a migration of MariaDB that is in the application's way", { timeout: 200_000 }, () => {
  it.each([
    ["by a table that it has locked", `lock tables orders write; ${works};`],
    [
      "by a change that keeps everybody out",
      "alter table orders add column slow int as (length(sha2(repeat(note, 100), 512))) persistent, algorithm=copy, lock=exclusive;",
    ],
  ])("is ended: %s", async (_how, statements) => {
    const before = await columns();
    const failed = await besideApplication(() => failing(statements), settings.queueTimeoutMs);
    expect(failed).toMatchObject({
      code: "MIGRATION_FAILED",
      message: expect.stringMatching(/of the application waited [\d.]+m?s behind it/),
    });
    expect(await columns()).toBe(before);
  });

  it("is ended: by rows that it has changed", async () => {
    const running = failing(`begin; update orders set total = 0 where id = 1; ${works}; commit;`);
    await until(async () => (await sql("select count(*) from information_schema.innodb_trx")) === "1");
    expect(
      await sql(
        "set innodb_lock_wait_timeout = 30; update orders set total = total + 1 where id = 1; select total from orders where id = 1",
      ),
    ).toBe("2");
    expect(await running).toMatchObject({
      code: "MIGRATION_FAILED",
      message: expect.stringMatching(/of the application waited [\d.]+m?s behind it/),
    });
  });
});

describe("what a killed migration has left at work in MariaDB", { timeout: 100_000 }, () => {
  const change = "update orders set total = total + 1 + sleep(1) where id < 100";
  const changing = () => sql(`select id from information_schema.processlist where info = '${change}'`);

  /** A tool that dies with whoever had started it. @returns its address, and the number of its session */
  async function leaveBehind() {
    const name = `${project.stack}-left`;
    const place = ["--name", name, "--network", `${project.stack}_default`, "-e", "MYSQL_PWD"];
    const client = [mariadbImage, "-h", server, "-u", "shop", "shop", "-e", change];
    const env = { ...process.env, MYSQL_PWD: password };
    spawn("docker", ["run", "-d", ...place, "--entrypoint", "mariadb", ...client], { env, stdio: "ignore" });
    await until(async () => (await changing()) !== "");
    const address = await docker("inspect", "-f", "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}", name);
    const id = await changing();
    await docker("rm", "-f", "-v", name);
    expect(await changing()).toBe(id);
    return { id, address: address.trim() };
  }

  it("is ended and taken back before the next begins", async () => {
    const { id, address } = await leaveBehind();
    const report = await migrate("alter table orders add column next int", {}, target, [address]);
    expect(report).toMatchObject({ schemaChanged: true });
    expect(told.join("\n")).toMatch(new RegExp(`session ${id} \\(shop@.*, in a statement for .*\\) of a migration`));
    expect(await sql("select total from orders where id = 2")).toBe("2");
  });

  it("is not ended where nobody knows whose it is: the next does not begin beside it", async () => {
    server = "plain";
    const plain = await findMysqlTarget(exec, project.container(server));
    const { id } = await leaveBehind();
    const failed = await failing("alter table orders add column beside int", {}, plain);
    expect(failed).toMatchObject({
      code: "LOCK_HELD",
      message: expect.stringMatching(
        new RegExp(`^session ${id} \\(shop@.*whose client is gone, still at work in shop`),
      ),
      hint: expect.stringContaining(`kill ${id}`),
    });
    expect(await changing()).toBe(id);
    expect(await columns()).not.toContain("beside");
    await sql(`kill ${id}`);
    await migrate("alter table orders add column after_it int", { waitMs: 30_000 }, plain);
    expect(await changing()).toBe("");
    server = "db";
  });
});

it("leaves no session behind", async () => {
  await until(async () => (await sql("select count(*) from information_schema.processlist where db = 'shop'")) === "1");
});

it("shows no password to anybody who looks at processes", async () => {
  expect(await argumentsSeen("mariadb -h db -u shop shop", "--skip-column-names --unbuffered")).toEqual([]);
});

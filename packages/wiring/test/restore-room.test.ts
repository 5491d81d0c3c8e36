import { afterAll, expect, it } from "vitest";
import { askedUntilReady } from "./support/asked-until-ready.ts";
import { type ComposeProject, startComposeProject } from "./support/compose-project.ts";
import { image } from "./support/postgres.ts";

const projects: ComposeProject[] = [];
const signal = new AbortController().signal;
afterAll(async () => {
  for (const project of projects) await project[Symbol.asyncDispose]();
});

async function start(name: string, compose: object, config: object): Promise<ComposeProject> {
  const project = await startComposeProject(name, { compose, config });
  projects.push(project);
  return project;
}

/** Fills the volume of a directory, but for so many bytes. */
async function fill(project: ComposeProject, service: string, directory: string, leave: number): Promise<void> {
  const leaving = `rm -f ${directory}/filler; free=$(df -P -k ${directory} | tail -n 1 | awk '{ print $4 }'); head -c $(((free - $1) * 1024)) /dev/zero > ${directory}/filler`;
  await project.run(service, ["sh", "-c", leaving, "sh", String(Math.floor(leave / 1024))]);
}

const data = "/var/lib/postgresql/data";
const compose = {
  services: {
    db: {
      image,
      environment: { POSTGRES_USER: "shop", POSTGRES_DB: "shop", POSTGRES_PASSWORD: "secret" },
      tmpfs: [`${data}:size=256m`],
      healthcheck: {
        test: ["CMD", "pg_isready", "-q", "-h", "127.0.0.1"],
        ...askedUntilReady,
      },
    },
  },
};

it("a restore for which there is no room where the database is writes nothing", async () => {
  const project = await start("room", compose, { database: {} });
  const sql = (text: string) => project.run("db", ["psql", "-XqAt", "-U", "shop", "-c", text]);
  await sql("create table orders as select i as id, md5(i::text) as note from generate_series(1, 300000) i");
  const { id } = await project.deployer.database.backup({ prove: true }, signal);
  await sql("delete from orders where id <= 10");
  const size = Number(await sql("select pg_database_size('shop')"));
  // Enough for the database, and not for the log of it as well.
  await fill(project, "db", data, size * 1.4);

  await expect(project.deployer.database.restore(id, {}, signal)).rejects.toMatchObject({ code: "DISK_FULL" });
  expect(await sql("select datname from pg_database where datname like 'shop%'")).toBe("shop");
  expect(await sql("insert into orders values (1, 'still'); select count(*) from orders")).toBe("299991");

  await project.run("db", ["rm", `${data}/filler`]);
  await project.deployer.database.restore(id, {}, signal);
  expect(await sql("select count(*) from orders")).toBe("300000");
});

it("neither a backup nor a restore of SQLite fills the volume that the application writes to", async () => {
  const app = {
    image: "sluice-test/node:24",
    command: ["node", "-e", "setInterval(() => {}, 1000)"],
    tmpfs: ["/data:size=64m"],
    init: true,
  };
  const project = await start(
    "file-room",
    { services: { app } },
    {
      database: { kind: "sqlite", service: "app", file: "/data/app.db" },
    },
  );
  const sql = (text: string) => {
    const script =
      "const d = new (require('node:sqlite').DatabaseSync)('/data/app.db');" +
      "console.log(Object.values(d.prepare(process.argv[1]).get() ?? {}).join())";
    return project.run("app", ["node", "--no-warnings", "-e", script, text]);
  };
  const files = async () => (await project.run("app", ["ls", "/data"])).split("\n");
  await sql("create table orders (id integer, note blob)");
  await sql(
    "insert into orders select value, randomblob(8000) from (with recursive n(value) as (select 1 union all select value + 1 from n where value < 1000) select value from n) returning id",
  );
  const { database } = project.deployer;
  const { id } = await database.backup({ prove: true }, signal);
  await sql("delete from orders where id <= 10 returning id");

  await fill(project, "app", "/data", 8_000_000);
  const full = { code: "DISK_FULL", message: expect.stringContaining("bytes are free where /data/app.db is") };
  await expect(database.backup({}, signal)).rejects.toMatchObject(full);
  await expect(database.planRestore(id, signal)).rejects.toMatchObject(full);
  await fill(project, "app", "/data", 20_000_000);
  await database.planRestore(id, signal);
  await expect(database.restore(id, {}, signal)).rejects.toMatchObject(full);
  expect(await files()).toEqual(["app.db", "filler"]);
  expect(await sql("select count(*) from orders")).toBe("990");

  await project.run("app", ["rm", "/data/filler"]);
  await database.restore(id, {}, signal);
  expect(await sql("select count(*) from orders")).toBe("1000");
});

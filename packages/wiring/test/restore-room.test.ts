import { afterAll, expect, it } from "vitest";
import { type ComposeProject, startComposeProject } from "./support/compose-project.ts";
import { image } from "./support/postgres.ts";

let project: ComposeProject;
const signal = new AbortController().signal;
afterAll(async () => {
  await project?.[Symbol.asyncDispose]();
});

const data = "/var/lib/postgresql/data";
const compose = {
  services: {
    db: {
      image,
      environment: { POSTGRES_USER: "shop", POSTGRES_DB: "shop", POSTGRES_PASSWORD: "secret" },
      tmpfs: [`${data}:size=256m`],
      healthcheck: { test: ["CMD", "pg_isready", "-q", "-h", "127.0.0.1"], interval: "1s", retries: 60 },
    },
  },
};

it("a restore for which there is no room where the database is writes nothing", async () => {
  project = await startComposeProject("room", { compose, config: { database: {} } });
  const sql = (text: string) => project.run("db", ["psql", "-XqAt", "-U", "shop", "-c", text]);
  await sql("create table orders as select i as id, md5(i::text) as note from generate_series(1, 300000) i");
  const { id } = await project.deployer.database.backup({ prove: true }, signal);
  await sql("delete from orders where id <= 10");
  const size = Number(await sql("select pg_database_size('shop')"));
  const leaving = `free=$(df -P -k ${data} | tail -n 1 | awk '{ print $4 }'); head -c $(((free - $1) * 1024)) /dev/zero > ${data}/filler`;
  await project.run("db", ["sh", "-c", leaving, "sh", String(Math.floor(size / 4 / 1024))]);

  await expect(project.deployer.database.restore(id, {}, signal)).rejects.toMatchObject({ code: "DISK_FULL" });
  expect(await sql("select datname from pg_database where datname like 'shop%'")).toBe("shop");
  expect(await sql("insert into orders values (1, 'still'); select count(*) from orders")).toBe("299991");

  await project.run("db", ["rm", `${data}/filler`]);
  await project.deployer.database.restore(id, {}, signal);
  expect(await sql("select count(*) from orders")).toBe("300000");
});

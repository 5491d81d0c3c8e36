import { highestLevel } from "@sluice/database";
import { type StopWatching, watchArguments } from "@sluice/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ComposeProject, startComposeProject } from "./support/compose-project.ts";
import { scratchesOf } from "./support/scratches.ts";
import { until } from "./support/until.ts";

const signal = new AbortController().signal;
const node = "sluice-test/node:24";
/** Searched for wherever it must not be. */
const password = "canary-c04e12";

/** Writes a row every 20 ms, and never stops. */
const application = `
const { DatabaseSync } = require("node:sqlite");
const database = new DatabaseSync("/data/app.db");
database.exec("pragma journal_mode = wal; pragma busy_timeout = 5000");
database.exec("create table if not exists orders (id integer primary key autoincrement, total real, note text, face blob)");
database.exec("create table if not exists customers (name text primary key) without rowid");
database.exec("insert or ignore into customers values ('ada'), ('it''s')");
database.exec("create index if not exists by_total on orders (total); pragma user_version = 7");
const insert = database.prepare("insert into orders (total, note, face) values (random() / 3.0, 'row', x'00ff')");
database.exec("begin");
for (let i = 0; i < 2000; i += 1) insert.run();
database.exec("commit");
setInterval(() => insert.run(), 20);
`;

const environment = { PASSWORD: password };
const compose = {
  services: {
    app: {
      image: node,
      command: ["node", "--no-warnings", "-e", application],
      volumes: ["data:/data"],
      environment,
      init: true,
    },
    // The same volume, in an image without any tool.
    bare: {
      image: "sluice-test/busybox",
      command: ["sleep", "86400"],
      volumes: ["data:/data"],
      environment,
      init: true,
    },
  },
  volumes: { data: {} },
};

let project: ComposeProject;
/** From before the first operation to the last. */
let argumentsSeen: StopWatching;
const sqlite = { kind: "sqlite", service: "app", file: "/data/app.db" };

async function sql(statement: string): Promise<string> {
  const script =
    "const d = new (require('node:sqlite').DatabaseSync)('/data/app.db'); d.exec('pragma busy_timeout = 5000');" +
    "console.log(Object.values(d.prepare(process.argv[1]).get() ?? {}).join())";
  return project.run("app", ["node", "--no-warnings", "-e", script, statement]);
}
const filesOf = async () =>
  (await project.run("app", ["ls", "/data"])).split("\n").filter((name) => !/-(?:wal|shm)$/.test(name));
const scratches = () => scratchesOf(project.stack);

beforeAll(async () => {
  project = await startComposeProject("files", { compose, config: { database: sqlite } });
  argumentsSeen = await watchArguments(password);
  await until(async () => Number(await sql("select count(*) from orders").catch(() => "0")) >= 2_000);
});
afterAll(async () => {
  await argumentsSeen?.();
  await project?.[Symbol.asyncDispose]();
});

describe("SQLite in a file of a volume", () => {
  it("is backed up, proven and exchanged by the SQLite of the service's own container", async () => {
    const { deployer } = project;
    // What a dead run left.
    await project.run("app", ["touch", "/data/app.db__backup_dead"]);
    const proven = await deployer.database.backup({ prove: true }, signal);
    expect(proven).toMatchObject({ kind: "sqlite", database: { name: "/data/app.db" } });
    expect(highestLevel(proven)).toBe("compared");
    expect(await filesOf()).toEqual(["app.db"]);

    const rows = proven.fingerprint?.tables.find(({ name }) => name === "orders")?.rows ?? 0;
    expect(rows).toBeGreaterThanOrEqual(2_000);
    await sql("delete from customers where name = 'ada' returning name");
    const plan = await deployer.database.planRestore(proven.id);
    expect(plan.losses).toContainEqual({ name: "customers", rowsThen: 2, rowsNow: 1 });

    // The application has the file open all the time, and goes on writing to what it then holds.
    const { old } = await deployer.database.restore(proven.id, {}, signal);
    expect(await sql("select count(*) from customers")).toBe("2");
    const [before, after] = [await sql("select count(*) from orders"), await sql("select count(*) from orders")];
    expect(Number(before)).toBeGreaterThanOrEqual(rows);
    expect(Number(after)).toBeGreaterThanOrEqual(Number(before));
    expect(await sql("select integrity_check from pragma_integrity_check")).toBe("ok");
    expect(await filesOf()).toEqual(["app.db", old.replace("/data/", "")]);

    const undone = await deployer.database.undoRestore(proven.id, {}, signal);
    expect(await sql("select count(*) from customers")).toBe("1");
    expect(await filesOf()).toEqual(["app.db", undone.replace("/data/", "")]);
    expect(await scratches()).toBe("");
    await sql("insert into customers values ('ada') returning name");
  });

  it("and by that of another image, where the service's has none", async () => {
    await using without = await project.open({
      database: { ...sqlite, service: "bare", store: { directory: "none" } },
    });
    await expect(without.database.backup({}, signal)).rejects.toMatchObject({ code: "DATABASE_UNKNOWN" });
    const database = { ...sqlite, service: "bare", toolImage: node, store: { directory: "bare" } };
    await using other = await project.open({ database });
    const proven = await other.database.backup({ prove: true }, signal);
    expect(highestLevel(proven)).toBe("compared");
    await sql("delete from customers where name = 'ada' returning name");
    await other.database.restore(proven.id, {}, signal);
    expect(await sql("select count(*) from customers")).toBe("2");
    expect(await scratches()).toBe("");
  });

  it("is told from a file that is none, and from one that is damaged", async () => {
    await using nowhere = await project.open({ database: { ...sqlite, file: "/data/none.db" } });
    await expect(nowhere.database.backup({}, signal)).rejects.toMatchObject({ code: "DATABASE_UNREACHABLE" });
  });
});

describe("anything that a command dumps", () => {
  const command = {
    // Long enough to be seen; a shell becomes its last command, unless that is one of its own.
    dump: ["sh", "-c", "cat /data/list; sleep 0.2; exit"],
    restore: ["sh", "-c", "cat > /tmp/list; sleep 0.2; exit"],
    verify: ["grep", "-q", "three", "/tmp/list"],
  };
  const open = (over: object) =>
    project.open({
      database: {
        kind: "command",
        service: "bare",
        store: { directory: "commands" },
        command: { ...command, ...over },
      },
    });

  it("is restored where it is said how, and no more than that is claimed", async () => {
    await project.run("bare", ["sh", "-c", "printf 'one\\ntwo\\nthree\\n' > /data/list"]);
    await using deployer = await open({});
    const proven = await deployer.database.backup({ prove: true }, signal);
    expect(highestLevel(proven)).toBe("restored");
    expect(proven).toMatchObject({ kind: "command", rawBytes: 14, fingerprint: null });
    await expect(deployer.database.restore(proven.id, {}, signal)).rejects.toMatchObject({ code: "RESTORE_FAILED" });
  });

  it("is nothing where a command fails", async () => {
    await using failing = await open({ dump: ["sh", "-c", "cat /data/list; exit 3"] });
    await expect(failing.database.backup({}, signal)).rejects.toMatchObject({ code: "BACKUP_FAILED" });
    await using wrong = await open({ verify: ["grep", "-q", "four", "/tmp/list"] });
    await expect(wrong.database.backup({ prove: true }, signal)).rejects.toMatchObject({ code: "RESTORE_FAILED" });
    await using unproven = await open({ restore: undefined });
    const { id } = await unproven.database.backup({}, signal);
    await expect(unproven.database.verify(id, {}, signal)).rejects.toMatchObject({ code: "CONFIG_INVALID" });
    expect((await unproven.database.show(id)).failed).toBeUndefined();
    expect(await scratches()).toBe("");
  });
});

it("in all of that no argument of any process held what the services' environment holds", async () => {
  expect(await argumentsSeen("integrity_check", "cat /data/list", "cat > /tmp/list; sleep")).toEqual([]);
});

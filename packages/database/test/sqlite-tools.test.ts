import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { assertIntact, takeFingerprint } from "../src/sqlite/fingerprint-sql.ts";
import { createTool, type ToolKind, withCompanions } from "../src/sqlite/tool.ts";
import { shellExchange } from "../src/sqlite/tool-scripts.ts";
import { localEnvironment, localExec } from "./support/local-exec.ts";
import { missingIn, startWriter } from "./support/sqlite-writer.ts";

let directory: string;
const file = (name: string) => join(directory, name);

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "sluice-sqlite-"));
  for (const [name, rows] of [
    ["fresh.db", 3],
    ["wal.db", 1],
    ["delete.db", 1],
  ] as const) {
    using database = new DatabaseSync(file(name));
    database.exec(`pragma journal_mode = ${name === "wal.db" ? "wal" : "delete"}; create table orders (id integer)`);
    for (let row = 0; row < rows; row += 1) database.exec("insert into orders values (1)");
  }
});
afterAll(() => rm(directory, { recursive: true }));

/** @param bytes of its one table, about */
function put(name: string, mode: string, bytes: number): void {
  using database = new DatabaseSync(file(name));
  database.exec(`pragma journal_mode = ${mode}; pragma synchronous = off; create table orders (id integer, note blob)`);
  const insert = database.prepare("insert into orders values (?, randomblob(10000))");
  database.exec("begin");
  for (let id = 0; id < bytes / 10_000; id += 1) insert.run(id);
  database.exec("commit");
}

function rowsOf(name: string): unknown {
  using database = new DatabaseSync(file(name));
  return database.prepare("select count(*) as rows from orders").get()?.rows;
}

/** Of SHA3-256, two sums of one row. */
const latinHashes = [0xe9, 0xe8].map((byte) => {
  const digest = createHash("sha3-256")
    .update(Buffer.from([0x27, byte, 0x27]))
    .digest();
  return `${digest.readUInt32BE(0)}:${digest.readUInt32BE(4)}`;
});

const isHere = (kind: ToolKind) => spawnSync(kind, ["--version"], { env: localEnvironment }).status === 0;

describe.each(["node", "python3", "sqlite3"] as const)("%s, where this machine has it", (kind) => {
  const tool = createTool(localExec, "here", kind);

  const exchange = (name: string) =>
    tool.exchange({ live: file(name), fresh: file("fresh.db"), kept: file("kept.db"), half: file("half.db") });

  it.skipIf(!isHere(kind)).each(["wal.db", "delete.db"])(
    "waits for who writes to %s, then exchanges what is in it",
    async (name) => {
      using writer = new DatabaseSync(file(name));
      writer.exec("begin immediate; insert into orders values (2)");
      const exchanged = exchange(name);
      // Long enough for each of them to have met the lock.
      await pause(1_000);
      writer.exec("commit");
      expect(await exchanged).toBe(true);
      expect([rowsOf(name), rowsOf("kept.db")]).toEqual([3, 2]);
      expect(writer.prepare("select count(*) as rows from orders").get()).toEqual({ rows: 3 });
      writer.exec("delete from orders where rowid > 1");
      writer.close();
      await tool.remove(["kept.db", "half.db"].flatMap((one) => withCompanions(file(one))));
      expect((await readdir(directory)).filter((one) => one.includes(name)).toSorted()).toEqual([name]);
    },
  );

  it.skipIf(!isHere(kind)).each(["wal", "delete"])(
    "loses nothing that was written while it exchanged what is in a database with journal %s",
    async (mode) => {
      put("busy.db", mode, 3_000_000);
      for (let time = 0; time < 3; time += 1) {
        await using writer = startWriter(file("busy.db"));
        await writer.written(20);
        const isWhole = await exchange("busy.db");
        await writer.written(20);
        const missing = missingIn([file("busy.db"), file("kept.db")], await writer.stop());
        // What sqlite3 loses it tells.
        expect(kind === "sqlite3" && mode === "wal" ? isWhole || missing.length > 0 : isWhole).toBe(true);
        expect(isWhole ? missing : []).toEqual([]);
        await tool.remove([file("kept.db")]);
      }
      await tool.remove(withCompanions(file("busy.db")));
    },
  );

  it.skipIf(!isHere(kind))("exchanges a database without any table", async () => {
    using empty = new DatabaseSync(file("empty.db"));
    empty.exec("create table gone (id integer); drop table gone; vacuum");
    const kept = file("kept.db");
    await tool.exchange({ live: file("wal.db"), fresh: file("empty.db"), kept, half: file("half.db") });
    expect(rowsOf("kept.db")).toBe(1);
    await tool.exchange({ live: file("wal.db"), fresh: kept, kept: file("undone.db"), half: file("half.db") });
    expect(rowsOf("wal.db")).toBe(1);
    await tool.remove(["kept.db", "undone.db", "empty.db"].flatMap((one) => withCompanions(file(one))));
  });

  it.skipIf(!isHere(kind)).each(["wal.db", "delete.db"])(
    "leaves %s alone if what was there cannot be kept",
    async (name) => {
      const kept = file("none/kept.db");
      const lost = tool.exchange({ live: file(name), fresh: file("fresh.db"), kept, half: file("half.db") });
      await expect(lost).rejects.toMatchObject({
        code: expect.stringMatching(/^(?:DATABASE_UNREACHABLE|BACKUP_FAILED)$/),
      });
      expect(rowsOf(name)).toBe(1);
      await tool.remove(withCompanions(file("half.db")));
    },
  );

  it.skipIf(!isHere(kind)).each(["wal", "delete"])(
    "ends a copy while another process writes, with journal %s",
    async (mode) => {
      put("large.db", mode, 50_000_000);
      await using writer = startWriter(file("large.db"));
      await writer.written(20);
      await tool.copy(file("large.db"), file("kept.db"), AbortSignal.timeout(20_000));
      const written = await writer.stop();
      expect(written.length).toBeGreaterThanOrEqual(20);
      expect(missingIn([file("kept.db")], written.slice(0, 20))).toEqual([]);
      await tool.remove(["large.db", "kept.db"].flatMap((one) => withCompanions(file(one))));
    },
  );

  it.skipIf(!isHere(kind))("hashes text that is no UTF-8, by its bytes", async () => {
    const hashes = await Promise.all(
      ["e9", "e8"].map(async (byte) => {
        using database = new DatabaseSync(file(`latin-${byte}.db`));
        database.exec(`create table names (name text); insert into names values (cast(x'${byte}' as text))`);
        const { tables } = await takeFingerprint(tool, file(`latin-${byte}.db`));
        await tool.remove([file(`latin-${byte}.db`)]);
        return tables[0]?.hash;
      }),
    );
    // SHA3-256 of the byte between quotes: the same with every tool.
    expect(hashes).toEqual(latinHashes);
  });

  it.skipIf(!isHere(kind))("tells what it cannot check without the application", async () => {
    using database = new DatabaseSync(file("own.db"));
    database.function("slug", { deterministic: true }, (text) => (text as string).toLowerCase());
    database.exec("create table posts (title text check (slug(title) <> '')); insert into posts values ('A')");
    expect(await assertIntact(tool, file("own.db"))).toEqual([expect.stringMatching(/function: slug/)]);
    expect((await takeFingerprint(tool, file("own.db"))).tables).toMatchObject([{ name: "posts", rows: 1 }]);
    await tool.remove([file("own.db")]);
  });

  it.skipIf(!isHere(kind))("says what is wrong with a file", async () => {
    await expect(tool.copy(file("none/at.db"), file("kept.db"))).rejects.toMatchObject({
      code: "DATABASE_UNREACHABLE",
      message: expect.stringContaining("unable to open"),
    });
  });
});

it.skipIf(!isHere("sqlite3"))("what is written while SQLite's shell lets go is told", async () => {
  const [live, kept, half] = ["wal.db", "kept.db", "half.db"].map(file) as [string, string, string];
  const written = `'.system sqlite3 ${live} "insert into orders values (5)"'`;
  const between = shellExchange.replace('commit "$5"', `commit ${written} "$5"`);
  const after = shellExchange.replace('commit "$5"', `commit "$5" ${written}`);
  const args = [live, half, kept, `.backup main "${half}"`, `.restore main ${file("fresh.db")}`, `fsdir('${kept}')`];
  const told = async (script: string) =>
    Buffer.from((await localExec.exec("here", ["sh", "-c", script, "sh", ...args])).stdout).toString();
  expect(await told(between)).toBe("written in between\n");
  expect([rowsOf("wal.db"), rowsOf("kept.db")]).toEqual([3, 1]);
  expect(await told(after)).toBe("");
  expect([rowsOf("wal.db"), rowsOf("kept.db")]).toEqual([4, 3]);
});

it.skipIf(!isHere("sqlite3")).each(["wal", "delete"])(
  "that SQLite's shell was killed after its exchange is told, with journal %s",
  async (mode) => {
    const [name, keptName] = [`killed-${mode}.db`, `kept-${mode}.db`];
    put(name, mode, 20_000);
    const [live, kept, half] = [file(name), file(keptName), file("half.db")];
    const killing = shellExchange.replaceAll('"$5"', `"$5" '.system kill -9 $PPID'`);
    const args = [live, half, kept, `.backup main "${half}"`, `.restore main ${file("fresh.db")}`, `fsdir('${kept}')`];
    expect((await localExec.exec("here", ["sh", "-c", killing, "sh", ...args])).exitCode).toBe(137);
    expect([rowsOf(name), rowsOf(keptName)]).toEqual([3, 2]);
  },
);

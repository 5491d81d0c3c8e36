import { spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTool, type ToolKind } from "../src/sqlite/tool.ts";
import { localEnvironment, localExec } from "./support/local-exec.ts";

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

function rowsOf(name: string): unknown {
  using database = new DatabaseSync(file(name));
  return database.prepare("select count(*) as rows from orders").get()?.rows;
}

const isHere = (kind: ToolKind) => spawnSync(kind, ["--version"], { env: localEnvironment }).status === 0;

describe.each(["node", "python3", "sqlite3"] as const)("%s, where this machine has it", (kind) => {
  const tool = createTool(localExec, "here", kind);

  it.skipIf(!isHere(kind)).each(["wal.db", "delete.db"])(
    "waits for who writes to %s, then overwrites it",
    async (name) => {
      await tool.copy(file(name), file("kept.db"));
      using writer = new DatabaseSync(file(name));
      writer.exec("begin immediate; insert into orders values (2)");
      const overwritten = tool.overwrite(file("fresh.db"), file(name));
      // Long enough for each of them to have met the lock.
      await pause(1_000);
      writer.exec("commit");
      await overwritten;
      expect(rowsOf(name)).toBe(3);
      expect(writer.prepare("select count(*) as rows from orders").get()).toEqual({ rows: 3 });

      await tool.overwrite(file("kept.db"), file(name));
      expect(rowsOf(name)).toBe(1);
      await tool.remove([file("kept.db")]);
    },
  );

  it.skipIf(!isHere(kind))("says what is wrong with a file", async () => {
    await expect(tool.copy(file("none/at.db"), file("kept.db"))).rejects.toMatchObject({
      code: "DATABASE_UNREACHABLE",
      message: expect.stringContaining("unable to open"),
    });
  });
});

import { DatabaseSync } from "node:sqlite";
import { type ContainerExec, SluiceError } from "@sluice/core";
import { describe, expect, it } from "vitest";
import { assertIntact, tableSql, takeFingerprint } from "./fingerprint-sql.ts";
import { openTool } from "./open-tool.ts";
import { createTool, findTool } from "./tool.ts";

interface Ended {
  readonly exitCode?: number;
  readonly stdout?: string;
  readonly stderr?: string;
}

/** A container in which some programs are, and what was run there. */
function containerWith(programs: Readonly<Record<string, (input: string, args: readonly string[]) => Ended>>) {
  const ran: string[] = [];
  const exec = async (_container: string, [name = "", ...args]: readonly string[], { stdin = "" } = {}) => {
    const program = programs[name];
    if (!program) throw new SluiceError("EXEC_FAILED", `${name}: not found`);
    ran.push(name);
    const { exitCode = 0, stdout = "", stderr = "" } = program(stdin, args);
    return { exitCode, stdout: Buffer.from(stdout), stderr };
  };
  return { exec: { exec } as unknown as ContainerExec, ran };
}

describe("the tool of a container", () => {
  it("is SQLite's shell, else Python, else Node, as far as they can do it", async () => {
    const [able, not] = [() => ({}), () => ({ exitCode: 1 })];
    expect((await findTool(containerWith({ sqlite3: able, node: able }).exec, "c"))?.kind).toBe("sqlite3");
    expect((await findTool(containerWith({ sqlite3: not, python3: able, node: able }).exec, "c"))?.kind).toBe(
      "python3",
    );
    expect((await findTool(containerWith({ node: able }).exec, "c"))?.kind).toBe("node");
    expect(await findTool(containerWith({ node: not }).exec, "c")).toBeNull();
  });

  it("is looked for once, and missed with a hint", async () => {
    const { exec, ran } = containerWith({ python3: () => ({}) });
    const options = { exec, container: "c", stack: "s", scratchMemoryBytes: 1, throwAway: {} as never };
    await openTool(options);
    await openTool(options);
    expect(ran).toEqual(["python3"]);
    await expect(openTool({ ...options, exec: containerWith({}).exec })).rejects.toMatchObject({
      code: "DATABASE_UNKNOWN",
      hint: expect.stringContaining("database.toolImage"),
    });
  });

  it.each([
    ['Error: unable to open database "/data/x.db": unable to open database file', "DATABASE_UNREACHABLE"],
    ["Traceback\nsqlite3.OperationalError: unable to open database file", "DATABASE_UNREACHABLE"],
    ["if (x) throw new Error('a');\n^\nError: database is locked\n  at x", "BACKUP_FAILED"],
  ])("says what went wrong: %j", async (stderr, code) => {
    const tool = createTool(containerWith({ node: () => ({ exitCode: 1, stderr }) }).exec, "c", "node");
    const error = await tool.query("/data/x.db", ["select 1;"]).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code,
      message: expect.stringMatching(/unable to open|: Error: database is locked$/),
    });
  });

  it("that was killed may have done what it was to do", async () => {
    const tool = createTool(containerWith({ node: () => ({ exitCode: 137 }) }).exec, "c", "node");
    await expect(tool.copy("/a", "/b")).rejects.toMatchObject({
      code: "EXEC_FAILED",
      message: expect.stringContaining("137"),
    });
  });

  it("gives paths to SQLite's shell that hold anything", async () => {
    const seen: string[] = [];
    const sqlite3 = (_input: string, args: readonly string[]) => {
      seen.push(...args);
      return {};
    };
    await createTool(containerWith({ sqlite3 }).exec, "c", "sqlite3").copy("/a", '/we "ird\\');
    expect(seen.at(-1)).toBe('.backup main "/we \\"ird\\\\"');
  });
});

describe("a fingerprint", () => {
  const hex = (text: string) => Buffer.from(text).toString("hex").toUpperCase();

  it("is asked for in two goes, whatever tables are called", async () => {
    const shapes = [
      `${hex("orders")}\t${hex("id")}`,
      `${hex("orders")}\t${hex("note")}`,
      `${hex('we"ird')}\t${hex("a b")}`,
      ..."index\t1,view\t2,trigger\t0,virtual\t0,user_version\t-7,numbered\t1".split(","),
    ];
    const answers = [shapes, ["3\t12:34", "0\t0:0", `${hex("orders")}\t9`]].map((lines) => lines.join("\n"));
    const asked: string[] = [];
    const sqlite3 = (input: string) => {
      asked.push(input);
      return { stdout: answers.shift() ?? "" };
    };
    const tool = createTool(containerWith({ sqlite3 }).exec, "c", "sqlite3");
    expect(await takeFingerprint(tool, "/x")).toMatchObject({
      tables: [
        { name: "orders", rows: 3, hash: "12:34" },
        { name: 'we"ird', rows: 0, hash: "0:0" },
      ],
      sequences: [{ name: "orders (autoincrement)", last: "9" }],
      objects: { indexes: 1, views: 2, triggers: 0, "as user_version": 0 },
    });
    expect(asked).toHaveLength(2);
    expect(asked[1]).toContain(tableSql('we"ird', ["a b"]));
  });

  it("of a table with as many columns as there may be is no deep expression", () => {
    const columns = Array.from({ length: 2000 }, (_, at) => `c${at}`);
    const sql = tableSql("wide", columns);
    using database = new DatabaseSync(":memory:");
    database.function("sha3", { deterministic: true }, (bytes, _bits) => bytes as Uint8Array);
    database.exec(`create table wide (${columns.join(", ")}); insert into wide (c0, c1999) values (1, 'x')`);
    expect(database.prepare(sql).get()).toMatchObject({ "count(*)": 1 });
  });

  it("of a damaged database is none", async () => {
    const sound = createTool(containerWith({ sqlite3: () => ({ stdout: "ok\n" }) }).exec, "c", "sqlite3");
    expect(await assertIntact(sound, "/x")).toEqual([]);
    const stdout = "*** in database main ***\nTree 4 page 4: btreeInitPage() returns error code 11\n";
    const damaged = createTool(containerWith({ sqlite3: () => ({ stdout }) }).exec, "c", "sqlite3");
    await expect(assertIntact(damaged, "/x")).rejects.toMatchObject({ code: "BACKUP_CORRUPT" });
  });

  it.each(["no such collation sequence: UNI", "unknown function: slug()"])(
    "of a database that SQLite cannot check without the application says so: %s",
    async (missing) => {
      const program = () => ({ exitCode: 1, stderr: `sqlite3.OperationalError: ${missing}` });
      const tool = createTool(containerWith({ python3: program }).exec, "c", "python3");
      expect(await assertIntact(tool, "/x")).toEqual([expect.stringContaining(`(${missing})`)]);
    },
  );
});

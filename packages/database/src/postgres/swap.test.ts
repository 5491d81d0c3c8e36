import { type ContainerExec, type ExecOptions, SluiceError } from "@sluice/core";
import { describe, expect, it } from "vitest";
import { findLeftSwap, mendSwap } from "./mend-swap.ts";
import { swapDatabases, undoSwap } from "./swap.ts";
import type { PostgresTarget } from "./target.ts";

const target: PostgresTarget = { container: "0123456789abcdef", user: "shop", database: "shop" };
const names = { fresh: "shop__restore_1", old: "shop__old_1" };

interface Server {
  databases: readonly string[];
  /** Nobody may connect to the live one, and what is to take its place is marked. */
  isClosed: boolean;
  /** A session in it swaps. */
  goesOn?: boolean;
  isDead?: boolean;
}

const before: Server = { databases: ["shop", names.fresh], isClosed: false };
const after: Server = { databases: ["shop", names.old], isClosed: false };
const lost = new SluiceError("EXEC_FAILED", "the connection to a process in a container broke");

/** A server that does with a swap what it is told to, after which the connection to whoever asked for it is lost. */
function serverWith(start: Server, becomes: Server = start, whileSwapping = () => {}, obstacles = {}) {
  const state = { ...start };
  const told: string[] = [];
  const exec = async (_container: string, _command: readonly string[], options: ExecOptions = {}) => {
    const { stdin = "", environment, signal } = options;
    signal?.throwIfAborted();
    const sql = typeof stdin === "string" ? stdin : "";
    told.push(sql);
    const ended = (stdout = "") => ({ exitCode: 0, stdout: Buffer.from(stdout), stderr: "" });
    const refused = (stderr: string) => ({ ...ended(), exitCode: 2, stderr });
    if (sql.includes("rename to")) {
      whileSwapping();
      Object.assign(state, becomes);
      signal?.throwIfAborted();
      throw lost;
    }
    if (state.isDead) return refused("FATAL:  the database system is starting up");
    if (environment?.["PGDATABASE"] === "shop" && state.isClosed) {
      return refused('FATAL:  database "shop" is not currently accepting connections');
    }
    if (sql.includes("pg_prepared_xacts")) return ended(JSON.stringify({ sessions: [], prepared: [], ...obstacles }));
    if (sql.includes("with allow_connections true")) state.isClosed = false;
    if (sql.includes("select datname from pg_database where datname in")) {
      return ended(`${state.databases.join("\n")}\n`);
    }
    if (sql.includes("not datallowconn")) {
      return ended(state.isClosed ? `${state.goesOn ? "t" : "f"}${names.fresh}\n` : "");
    }
    if (sql.includes("does not end")) state.goesOn = false;
    return ended();
  };
  const ports = { exec } as unknown as ContainerExec;
  const failure = (run: Promise<void>) =>
    run.then(
      () => null,
      (error: unknown) => error,
    );
  return {
    state,
    told,
    ports,
    swap: (signal?: AbortSignal) => failure(swapDatabases(ports, target, names, { session: "restore-1", signal })),
    mend: () => mendSwap(ports, target, { session: "mend-1" }),
    find: () => findLeftSwap(ports, target, { session: "compare-1" }),
  };
}

describe("a swap whose end nobody has seen", () => {
  it("took place where the server says so", async () => {
    expect(await serverWith(before, after).swap()).toBeNull();
  });

  it("is not cut off by a signal once it has begun, and does not begin under one", async () => {
    const stop = new AbortController();
    expect(await serverWith(before, after, () => stop.abort(new Error("enough"))).swap(stop.signal)).toBeNull();
    const { ports, told } = serverWith(before, after);
    const undo = undoSwap(
      ports,
      target,
      { old: names.old, undone: "shop__undone_1" },
      { session: "s", signal: stop.signal },
    );
    await expect(undo).rejects.toThrow("enough");
    expect(told).toEqual([]);
  });

  it("did not take place where the server says so, and the database is open again", async () => {
    const { swap, state } = serverWith(before, { ...before, isClosed: true });
    expect(await swap()).toMatchObject({
      code: "RESTORE_FAILED",
      undecided: false,
      hint: "shop is the one it was; see the log of the database's container",
    });
    expect(state.isClosed).toBe(false);
  });

  it.each([
    ["the server is dead", { ...before, isClosed: true, isDead: true }, "the database system is starting up"],
    ["the database is not there", { databases: [names.fresh], isClosed: false }, "there is no database shop"],
  ])("is not known where %s: nothing may be dropped", async (_, becomes, why) => {
    expect(await serverWith(before, becomes).swap()).toMatchObject({
      code: "RESTORE_FAILED",
      undecided: true,
      message: expect.stringMatching(new RegExp(`it is not known whether they were: .*${why}$`)),
      hint: expect.stringMatching(
        /^drop none of shop, shop__restore_1 and shop__old_1 before .*docker exec 0123456789ab psql -U shop -d postgres /,
      ),
    });
  });

  it("is the same where it takes another one back", async () => {
    const start = { databases: ["shop", names.old], isClosed: false };
    const { ports } = serverWith(start, { ...start, databases: ["shop", "shop__undone_1"] });
    const request = { old: names.old, undone: "shop__undone_1" };
    await expect(undoSwap(ports, target, request, { session: "restore-1" })).resolves.toBeUndefined();
  });
});

it("does not close the database, for a swap or for its undo, while a transaction is prepared in it", async () => {
  const prepared = ["E'it''s 1'", "'2'"];
  const { ports, swap, told } = serverWith(before, after, () => {}, { prepared });
  const refused = {
    code: "RESTORE_FAILED",
    message: expect.stringMatching(/^database shop cannot .*: E'it''s 1', '2'$/),
    hint: expect.stringContaining(
      "in shop: commit prepared E'it''s 1', or rollback prepared E'it''s 1'; commit prepared '2'",
    ),
  };
  expect(await swap()).toMatchObject(refused);
  const undo = undoSwap(ports, target, { old: names.old, undone: "shop__undone_1" }, { session: "restore-1" });
  await expect(undo).rejects.toMatchObject(refused);
  expect(told.filter((sql) => sql.includes("rename to"))).toEqual([]);
});

describe("what the server's death in a swap has left", () => {
  const left: Server = { ...before, isClosed: true };

  it("is nothing where the database takes connections: no other one is asked", async () => {
    const { mend, find, told } = serverWith(before);
    expect([await mend(), await find()]).toEqual([null, null]);
    expect(told).toEqual(["select 1;\n", "select 1;\n"]);
  });

  it("is told with what puts it right, and put right", async () => {
    const { mend, find, state } = serverWith(left);
    expect(await find()).toEqual({
      what: "putting shop__restore_1 in the place of database shop ended in its middle, and nobody can connect to shop since",
      why: "the application is locked out; shop is the one it was",
      mend: `the next sluice db backup or db restore puts it right; or docker exec 0123456789ab psql -U shop -d postgres -c 'alter database "shop" with allow_connections true'`,
    });
    expect(state.isClosed).toBe(true);
    expect(await mend()).toMatch(/is given up: shop is the one it was, and takes connections again$/);
    expect(state.isClosed).toBe(false);
    expect([await mend(), await find()]).toEqual([null, null]);
  });

  it("is waited for where a session goes on with it", async () => {
    const { mend, find, told } = serverWith({ ...left, goesOn: true });
    expect(await find()).toBeNull();
    expect(await mend()).toContain("is given up");
    const at = (text: string) => told.findLastIndex((sql) => sql.includes(text));
    expect(at("does not end")).toBeLessThan(at("with allow_connections true"));
  });

  it("cannot be told where the server does not answer", async () => {
    const { mend, find } = serverWith({ ...left, isDead: true });
    await expect(mend()).rejects.toMatchObject({ code: "DATABASE_UNREACHABLE" });
    await expect(find()).rejects.toMatchObject({ code: "DATABASE_UNREACHABLE" });
  });
});

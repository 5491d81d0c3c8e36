import { describe, expect, it } from "vitest";
import { activitySql, parseActivity, sightSql } from "./activity.ts";

const session = (id: number, over: object = {}) => {
  const { sql = "select 1", ...rest } = over as { sql?: string };
  return JSON.stringify({
    kind: "session",
    id,
    user: "shop",
    host: "10.0.0.2:41464",
    command: "Query",
    ms: 10,
    statement: 7,
    state: "",
    sql: Buffer.from(sql).toString("hex"),
    ...rest,
  });
};
const transaction = (id: number, ms: number, waitMs: number | null = null) =>
  JSON.stringify({ kind: "transaction", id, ms, waitMs });
const waits = { state: "Waiting for table metadata lock" };
const alter = { ...waits, ms: 2_000, sql: "alter table orders add column x int" };

const latest = { connection: 20, knowsNames: true };

const blockersOf = (pid: number, lines: readonly string[]) =>
  parseActivity(lines, latest).find((one) => one.pid === pid)?.blockedBy;

describe("what a server without a record of its locks says", () => {
  it("is whoever is in a statement or in a transaction, and how old their connections are", () => {
    const lines = [
      session(4, { command: "Sleep", ms: 9_000 }),
      session(5, { command: "Sleep", ms: 8_000, sql: "", host: "localhost" }),
      transaction(5, 12_000),
      session(21, { host: "shop-migrate-1.shop_default:41464" }),
    ];
    expect(parseActivity(lines, latest)).toMatchObject([
      { pid: 5, address: null, transactionMs: 12_000, statementMs: 0, isActive: false, ageMs: Number.MAX_SAFE_INTEGER },
      { pid: 21, address: "shop-migrate-1.shop_default", statementMs: 10, isActive: true, ageMs: 0, statement: "7" },
    ]);
  });

  it("is young only where its address is its own", () => {
    const ages = (host: string) =>
      [true, false].map(
        (knowsNames) => parseActivity([session(21, { host })], { ...latest, knowsNames })[0]?.ageMs === 0,
      );
    expect(ages("shop-migrate-1.shop_default:41464")).toEqual([true, false]);
    expect(ages("10.0.0.2:41464")).toEqual([true, true]);
  });

  it("holds no values, however they are written", () => {
    const [seen] = parseActivity([session(4, { sql: "select `a'b`, \"x'y\", 'it\\'s' # secret\nfrom t" })], latest);
    expect(seen?.query).toBe("select `a'b`, ?, ?  \nfrom t");
  });
});

describe("who is in the way", () => {
  const reader = [session(5, { command: "Sleep", sql: "" }), transaction(5, 9_000)];
  it("of a change of a table: who was there before, in a statement or a transaction, and not who came after", () => {
    const lines = [...reader, session(6, { ms: 3_000 }), session(21, alter), session(7, { ms: 1_000 })];
    expect(blockersOf(21, lines)).toEqual([5, 6]);
  });

  it("of a reader: the change that waits, or runs, before it; never another reader", () => {
    const queued = session(8, { ...waits, ms: 1_500 });
    expect(blockersOf(8, [...reader, session(21, alter), queued])).toEqual([21]);
    expect(blockersOf(8, [...reader, session(21, { ...alter, state: "copy to tmp table" }), queued])).toEqual([21]);
    expect(blockersOf(8, [...reader, session(21, { ...alter, ms: 1_000 }), queued])).toEqual([5]);
  });

  it("is known to have waited since its statement began, unless that may wait at its end", () => {
    const seen = parseActivity([session(21, alter), session(8, { ...waits, ms: 1_500 })], latest);
    expect(seen.map(({ waitedMs }) => waitedMs)).toEqual([null, 1_500]);
  });

  it("of rows: whom the server names, since when it says", () => {
    const lines = [session(9), transaction(9, 500, 400), session(21), JSON.stringify({ kind: "wait", id: 9, by: 21 })];
    expect(parseActivity(lines, latest)[0]).toMatchObject({
      waitsFor: "row",
      waitedMs: 400,
      blockedBy: [21],
      isGuess: false,
    });
  });
});

it("asks for no more than the session may see", () => {
  const of = (sight: Parameters<typeof activitySql>[1]) => activitySql({ kind: "mariadb", database: "shop" }, sight);
  expect(of({ transactions: false, waits: false })).not.toContain("innodb");
  expect(of({ transactions: true, waits: true })).toContain("innodb_lock_waits");
  // What InnoDB says of time is that of the machine, whatever zone sessions have.
  expect(of({ transactions: true, waits: true })).toMatch(/time_zone = 'SYSTEM';[^;]*timestampdiff/);
  expect(sightSql("mysql")).toContain("performance_schema.data_lock_waits");
});

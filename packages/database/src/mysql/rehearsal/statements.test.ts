import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aStatement } from "../../testing/a-mysql-state.ts";
import { algorithmOf, kindOf, statementRuns, tableOf } from "./statements.ts";

const table = (sql: string) => tableOf(aStatement({ sql }));

describe("the table of a statement", () => {
  it.each([
    ["alter table orders add column a int", "orders"],
    ["ALTER ONLINE IGNORE TABLE IF EXISTS `or``ders` FORCE", "or`ders"],
    ["/* tool */ alter table shop.`orders` add a int", "orders"],
    ["-- a comment\nalter table orders add a int", "orders"],
    ["create unique index once using btree on orders (customer_id)", "orders"],
    ["drop index once on `shop`.orders", "orders"],
    ["drop table if exists audit, orders", "audit"],
    ["rename table customers to clients", "customers"],
    ["truncate orders", "orders"],
    ["truncate table orders", "orders"],
    ["optimize local table orders", "orders"],
    ["update orders set quantity = 1", null],
    ["", null],
  ])("%s: %s", (sql, expected) => {
    expect(table(sql)).toBe(expected);
  });

  it("is found whatever it is called", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (name) => {
        fc.pre(!/[*\-\n]/.test(name));
        expect(table(`alter table \`${name.replaceAll("`", "``")}\` force`)).toBe(name);
      }),
    );
  });
});

describe("how a table was changed", () => {
  it("shows in what the server did meanwhile", () => {
    expect(algorithmOf(aStatement({ copied: 1 }))).toBe("COPY");
    expect(algorithmOf(aStatement({ built: 3 }))).toBe("INPLACE");
    expect(algorithmOf(aStatement({}))).toBe("INSTANT");
    expect(algorithmOf(aStatement({ error: 1062, copied: 1 }))).toBeNull();
    expect(algorithmOf(aStatement({ kind: "update" }))).toBeNull();
  });
});

describe("a prepared statement", () => {
  it.each([
    ["Execute", "ALTER TABLE `orders` ADD `note` text", "alter_table"],
    ["execute_sql", "/* tool */ create unique index once on orders (id)", "create_index"],
    ["stmt", "truncate orders", "truncate"],
    ["Execute", "update orders set quantity = 1", "Execute"],
    ["Execute", null, "Execute"],
    ["alter_table", "whatever", "alter_table"],
  ])("%s %s is a %s", (kind, sql, expected) => {
    expect(kindOf(aStatement({ kind, sql }))).toBe(expected);
  });

  it("of which the server keeps no text changes a definition where it copied or built a table", () => {
    const hidden = (over: object) => algorithmOf(aStatement({ kind: "Execute", sql: null, ...over }));
    expect([hidden({ copied: 1 }), hidden({ built: 1 }), hidden({}), hidden({ copied: 1, error: 1062 })]).toEqual([
      "COPY",
      "INPLACE",
      null,
      null,
    ]);
    const named = aStatement({ kind: "Execute", sql: "insert into a select * from b", copied: 1 });
    expect(algorithmOf(named)).toBeNull();
    expect(statementRuns([aStatement({ kind: "Execute", sql: null, copied: 1, ms: 8 })])).toMatchObject([
      { sql: "(prepared: the server keeps no text of it)", how: "COPY" },
    ]);
  });
});

it("the report has the longest statements first, and no password", () => {
  const runs = statementRuns([
    aStatement({ sql: null, ms: 900 }),
    aStatement({ sql: "create user a identified by 'secret'", kind: "create_user", ms: 1 }),
    aStatement({ sql: "alter table orders force", built: 1, ms: 40 }),
  ]);
  expect(runs).toEqual([
    { sql: "alter table orders force", ms: 40, calls: 1, rows: 0, how: "INPLACE" },
    { sql: "create user a identified by '***'", ms: 1, calls: 1, rows: 0 },
  ]);
});

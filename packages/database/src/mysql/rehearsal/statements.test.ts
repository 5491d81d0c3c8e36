import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aStatement } from "../../testing/a-mysql-state.ts";
import { algorithmOf, statementRuns, tableOf } from "./statements.ts";

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

import { array, assert, constantFrom, property, string } from "fast-check";
import { describe, expect, it } from "vitest";
import { hideLiterals, maskLiterals } from "./hide-literals.ts";

describe("a statement without its values", () => {
  it.each([
    ["select * from orders where id = 42", "select * from orders where id = ?"],
    ["select 'it''s', E'a\\'b', $$x'y$$, $t$ $$ $t$", "select ?, ?, ?, ?"],
    ["update t2 set a1 = -1.5e10, b = 0x1F where c = $1", "update t2 set a1 = -?, b = ? where c = $1"],
    ['select "col\'umn", "a""b" from "t1"', 'select "col\'umn", "a""b" from "t1"'],
    ["select 1 -- secret 'x\n, 2 /* more */ from t", "select ? , ? from t"],
    ["insert into t values ('cut off by the ser", "insert into t values (?"],
    ["select $$cut off", "select ?"],
    ["select e'\\\\', n'x', B'01', U&'d'", "select ?, ?, ?, ?"],
    ["select 1.5, .5, a.b1", "select ?, ?, a.b1"],
    ["  alter   table\n\torders add x int  ", "alter table orders add x int"],
    ["", ""],
  ])("%s", (sql, shown) => {
    expect(hideLiterals(sql)).toBe(shown);
  });

  it("can keep its lines where they were", () => {
    const sql = "select 'a\nb', /* c\n\nd */ x -- e\nfrom t";
    expect(maskLiterals(sql)).toBe("select ?\n,  \n\n x  \nfrom t");
    assert(
      property(string(), (text) => {
        expect(maskLiterals(text).split("\n")).toHaveLength(text.split("\n").length);
      }),
    );
  });

  it("is cut", () => {
    expect(Array.from(hideLiterals(`select ${"a, ".repeat(100)}b`))).toHaveLength(120);
  });

  it("shows nothing of a text, wherever the server cut it off", () => {
    const canary = "cÄnary";
    const piece = constantFrom("select a, ", '"name" ', "x1 = ", "-- c\n", "/* c */ ", "$1, ");
    const quote = constantFrom(
      (text: string) => `'${text.replaceAll("'", "''")}'`,
      (text: string) => `E'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`,
      (text: string) => `$q$${text.replaceAll("$", "")}$q$`,
    );
    assert(
      property(array(piece), string(), quote, array(piece), (before, text, quoted, after) => {
        const sql = `${before.join("")} ${quoted(`${text}${canary}`)} ${after.join("")}`;
        for (let end = sql.length; end > 0; end -= 3) expect(hideLiterals(sql.slice(0, end))).not.toContain(canary);
      }),
    );
  });
});

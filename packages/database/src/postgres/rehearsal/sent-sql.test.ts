import { describe, expect, it } from "vitest";
import { parseSentSql, scriptOf } from "./sent-sql.ts";

const at = "2026-05-01 10:00:00.123 UTC [71] sluice-sent";
const line = (transaction: string, sql: string, name = "psql", how = "statement") =>
  `${at}[${transaction} ${name}] LOG:  ${how}: ${sql}\n`;

describe("what was sent, as the server logged it", () => {
  it("is told by transaction, after the mark and without what is ours", () => {
    const log =
      line("3/1", "create table before (id int)") +
      `${at}[3/2 sluice-rehearse-1] LOG:  the-mark\n` +
      line("3/3", "create event trigger t", "sluice-rehearse-1") +
      line(
        "4/1",
        "alter table a add column b int;\n\t-- 1 [1] sluice-sent[4/1 ] LOG:  statement: no\n\talter table a add c int",
        "",
      ) +
      `${at}[4/1 ] LOG:  sluice-rehearsal {"watch": "w"}\n` +
      `${at}[4/1 ] ERROR:  relation "statement: x" does not exist\n` +
      line("4/2", "create index i on a (b)", "node [1] LOG", "execute <unnamed>") +
      line("4/2", "create index j on a (c)", "node [1] LOG", "execute s_1");
    expect(parseSentSql(log, "the-mark")).toEqual([
      ["alter table a add column b int;\n-- 1 [1] sluice-sent[4/1 ] LOG:  statement: no\nalter table a add c int"],
      ["create index i on a (b)", "create index j on a (c)"],
    ]);
    expect(parseSentSql(log, "another")).toEqual([]);
  });

  it("is a file again, in which a transaction is one", () => {
    expect(scriptOf(["alter table a add b int", "drop table c;"])).toBe(
      "begin;\nalter table a add b int\n;\ndrop table c;\ncommit;\n",
    );
    expect(scriptOf(["create index concurrently i on a (b) -- why"])).toBe(
      "create index concurrently i on a (b) -- why\n;\n",
    );
    expect(scriptOf(["BEGIN; drop table c; COMMIT;"])).toBe("BEGIN; drop table c; COMMIT;\n");
  });
});

import { expect, it } from "vitest";
import { adoptSql } from "./adopt-sql.ts";

it("what is of a role that is not there is left out, and everybody's is not", () => {
  const sql = adoptSql("shop", "copy", ["it's", "early"]);
  const among = "= any(array[E'it''s', E'early']::text[])";
  expect(sql).toContain(`(s.setrole = 0 or pg_get_userbyid(s.setrole) ${among})`);
  expect(sql).toContain(`(a.grantee = 0 or pg_get_userbyid(a.grantee) ${among})`);
  expect(sql).toContain(`datname = E'shop' and pg_get_userbyid(datdba) ${among}`);
  expect(adoptSql("shop", "copy")).not.toContain("= any(");
});

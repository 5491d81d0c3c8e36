import { expect, it } from "vitest";
import { tablesSql } from "./fingerprint-sql.ts";

it("what is asked of a table leaves nothing in the session: a savepoint of the same name would be inside the one before", () => {
  const sql = tablesSql({ aboveBytes: 0 });
  const statements = [...sql.matchAll(/'((?:rollback to |release )?savepoint sluice)'/g)].map(([, text]) => text);
  expect(statements).toEqual(["savepoint sluice", "rollback to savepoint sluice", "release savepoint sluice"]);
});

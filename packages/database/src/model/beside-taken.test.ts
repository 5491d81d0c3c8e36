import { expect, it } from "vitest";
import { besideTaken } from "./beside-taken.ts";

it("what is in the way of an undo is of an earlier undo, and the refused command is no way out of it", () => {
  const of = (name: string) => ({ name, backup: "B", drop: `drop database "${name}"` });
  const old = besideTaken("old", of("shop__old_b"));
  expect(old.message).toMatch(/from an earlier restore of this backup$/);
  expect(old.hint).toContain("sluice db restore B --undo puts that back");
  const undone = besideTaken("undone", of("shop__undone_b"));
  expect(undone.message).toMatch(/from an earlier undo of this backup's restore$/);
  expect(undone.hint).toMatch(/drop database "shop__undone_b"; then undo again$/);
  expect(undone.hint).not.toContain("sluice db restore");
});

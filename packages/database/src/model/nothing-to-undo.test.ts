import { expect, it } from "vitest";
import { nothingToUndo } from "./nothing-to-undo.ts";

it("an undo that finds nothing says whether one was done before", () => {
  const undo = { backup: "b1", old: "database shop__old_b1", undone: null };
  expect(nothingToUndo(undo)).toMatchObject({
    code: "BACKUP_UNKNOWN",
    message: "there is no database shop__old_b1: backup b1 took nobody's place",
  });
  expect(nothingToUndo({ ...undo, undone: "database shop__undone_b1" })).toMatchObject({
    code: "BACKUP_UNKNOWN",
    message: "the restore of backup b1 was undone already",
    hint: expect.stringMatching(/^database shop__undone_b1 holds .*sluice db restore b1/),
  });
});

import { SluiceError } from "@sluice/core";
import { expect, it } from "vitest";
import { afterDrop } from "./after-drop.ts";

const left = { name: "shop__restore_1", dropSql: 'drop database "shop__restore_1"' };
const down = async () => {
  throw new SluiceError("DATABASE_UNREACHABLE", "the database system is in recovery mode");
};

it("why a restore failed is told, and not that a server which is down drops nothing", async () => {
  const full = new SluiceError("DISK_FULL", "No space left on device", { hint: "free some", detail: "all of it" });
  expect(await afterDrop(full, left, async () => undefined)).toBe(full);
  expect(await afterDrop(full, left, down)).toMatchObject({
    code: "DISK_FULL",
    message: "No space left on device; database shop__restore_1, which it had begun to fill, is left",
    hint: expect.stringMatching(/^free some; once .* type: drop database "shop__restore_1"$/),
    detail: "all of it",
  });
  const bug = new TypeError("x");
  expect(await afterDrop(bug, left, down)).toBe(bug);
});

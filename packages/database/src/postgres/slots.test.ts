import { expect, it } from "vitest";
import { slotsLeft, withSlots } from "./slots.ts";

const slots = [
  { name: "cdc", database: "shop__old_x" },
  { name: "lake", database: "shop__undone_y" },
];

it("slots of what was just set aside are named, with what to do; those of others are not", () => {
  expect(slotsLeft("shop", "shop__old_x", slots)).toMatchObject({
    code: "replication-slots-left",
    message: expect.stringMatching(/stay with shop__old_x, .*: cdc$/),
    hint: expect.stringContaining("select pg_drop_replication_slot('cdc')"),
  });
  expect(slotsLeft("shop", "shop__old_z", slots)).toBeNull();
});

it("slots are told of with the databases that restores left", () => {
  const left = { what: "databases: shop__old_x", why: "room", mend: "drop it" };
  expect(withSlots(left, slots)).toMatchObject({
    what: "databases: shop__old_x; with slots of logical replication: cdc (of shop__old_x), lake (of shop__undone_y)",
    mend: expect.stringMatching(/pg_drop_replication_slot\('cdc'\).*; drop it$/),
  });
  expect(withSlots(left, [])).toBe(left);
  expect(withSlots(null, slots)).toBeNull();
});

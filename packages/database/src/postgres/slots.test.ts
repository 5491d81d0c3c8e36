import { expect, it } from "vitest";
import { slotsLeft, slotsToLeave, withSlots } from "./slots.ts";

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

it("slots of what would be set aside are named before", () => {
  expect(slotsToLeave("shop", [...slots, { name: "search", database: "shop" }])).toMatchObject([
    { severity: "warn", code: "replication-slots-stay", message: expect.stringMatching(/takes its place: search$/) },
  ]);
  expect(slotsToLeave("shop", slots)).toEqual([]);
});

it("slots are told of with the databases that restores left", () => {
  const left = { what: "databases: shop__old_x", why: "room", mend: "drop it" };
  expect(withSlots("shop", left, [...slots, { name: "search", database: "shop" }])).toMatchObject({
    what: "databases: shop__old_x; with slots of logical replication: cdc (of shop__old_x), lake (of shop__undone_y)",
    mend: expect.stringMatching(/pg_drop_replication_slot\('cdc'\).*; drop it$/),
  });
  expect(withSlots("shop", left, [])).toBe(left);
  expect(withSlots("shop", left, [{ name: "search", database: "shop" }])).toBe(left);
  expect(withSlots("shop", null, slots)).toBeNull();
});

import { expect, it } from "vitest";
import { keysLeft, keysToStay, type OutwardKey } from "./foreign-keys.ts";

const keys: readonly OutwardKey[] = [
  { table: "orders", name: "orders_ibfk_1", refersTo: { database: "crm", table: "customers" } },
  { table: "a`b", name: "own", refersTo: { database: "geo", table: "places" } },
];

it("keys that would act on in what is set aside are named before", () => {
  expect(keysToStay("shop", keys)).toMatchObject([
    {
      code: "foreign-keys-stay",
      message: expect.stringMatching(
        /in what is set aside, too: orders\.orders_ibfk_1 \(to crm\.customers\), a`b\.own \(to geo\.places\)$/,
      ),
    },
  ]);
  expect(keysToStay("shop", [])).toEqual([]);
});

it("keys of what was just set aside are named, with the statements that end them", () => {
  expect(keysLeft("shop__old_x", keys)).toMatchObject({
    code: "foreign-keys-left",
    message: expect.stringContaining("orders.orders_ibfk_1 (to crm.customers), a`b.own (to geo.places)"),
    hint: expect.stringMatching(
      /: alter table `shop__old_x`\.`orders` drop foreign key `orders_ibfk_1`; alter table `shop__old_x`\.`a``b` drop foreign key `own`$/,
    ),
  });
  expect(keysLeft("shop__old_x", [])).toBeNull();
});

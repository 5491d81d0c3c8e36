import { expect, it } from "vitest";
import { adopted } from "./as-live.ts";

it("an account is let in with the password that it has, and stays locked where it was", () => {
  const shown = "CREATE USER `shop`@`%` IDENTIFIED BY PASSWORD '*14E6'";
  expect(adopted("`shop`@`%`", shown)).toEqual([
    "create user if not exists `shop`@`%`;",
    "ALTER USER `shop`@`%` IDENTIFIED BY PASSWORD '*14E6' ACCOUNT UNLOCK;",
  ]);
  expect(adopted("`shop`@`%`", `${shown} ACCOUNT LOCK`).at(-1)).toBe(
    "ALTER USER `shop`@`%` IDENTIFIED BY PASSWORD '*14E6' ACCOUNT LOCK;",
  );
});

it("the administrator may do all, as no backup says so", () => {
  expect(adopted("`root`@`%`", "CREATE USER `root`@`%` IDENTIFIED BY PASSWORD '*1'")).toContain(
    "grant all privileges on *.* to `root`@`%` with grant option;",
  );
});

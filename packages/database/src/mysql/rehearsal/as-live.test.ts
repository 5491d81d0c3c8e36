import { expect, it } from "vitest";
import { adopted } from "./as-live.ts";

it("an account is let in with the password that it has, and stays locked where it was", () => {
  const shown = "CREATE USER `shop`@`%` IDENTIFIED BY PASSWORD '*14E6'";
  expect(adopted("`shop`@`%`", shown).statements).toEqual([
    "create user if not exists `shop`@`%`;",
    "ALTER USER `shop`@`%` IDENTIFIED BY PASSWORD '*14E6' ACCOUNT UNLOCK;",
  ]);
  expect(adopted("`shop`@`%`", `${shown} ACCOUNT LOCK`).statements.at(-1)).toBe(
    "ALTER USER `shop`@`%` IDENTIFIED BY PASSWORD '*14E6' ACCOUNT LOCK;",
  );
});

it("the administrator may do all, as no backup says so", () => {
  expect(adopted("`root`@`%`", "CREATE USER `root`@`%` IDENTIFIED BY PASSWORD '*1'").statements).toContain(
    "grant all privileges on *.* to `root`@`%` with grant option;",
  );
});

it("an account of MySQL has its roles set once it is there", () => {
  const shown =
    "CREATE USER `shop`@`%` IDENTIFIED WITH 'caching_sha2_password' AS 0x2441 DEFAULT ROLE `a`@`%`,`b`@`%` REQUIRE NONE PASSWORD EXPIRE DEFAULT ACCOUNT UNLOCK PASSWORD HISTORY DEFAULT";
  expect(adopted("`shop`@`%`", shown)).toEqual({
    statements: [
      "create user if not exists `shop`@`%`;",
      "ALTER USER `shop`@`%` IDENTIFIED WITH 'caching_sha2_password' AS 0x2441 REQUIRE NONE PASSWORD EXPIRE DEFAULT ACCOUNT UNLOCK PASSWORD HISTORY DEFAULT;",
    ],
    roles: "alter user `shop`@`%` default role `a`@`%`,`b`@`%`;",
  });
});

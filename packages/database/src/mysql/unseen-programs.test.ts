import { describe, expect, it } from "vitest";
import { unseenPrograms } from "./unseen-programs.ts";

const target = { kind: "mysql", user: "keeper", database: "my_shop" } as const;
const routines = "routines that account `keeper` may not see: grant show_routine on *.* to `keeper`";
const triggers = "triggers that account `keeper` may not see: grant trigger on `my_shop`.* to `keeper`";
const unseenOf = (...grants: readonly string[]) => unseenPrograms(grants, target);

describe("what a dump lacks as its account does not see it", () => {
  it.each([
    "GRANT ALL PRIVILEGES ON *.* TO `keeper`@`%` WITH GRANT OPTION",
    "GRANT ALL PRIVILEGES ON `my\\_shop`.* TO `keeper`@`%`",
    "GRANT ALL PRIVILEGES ON `my%`.* TO `keeper`@`%`",
    'GRANT ALL PRIVILEGES ON "my_shop".* TO "keeper"@"%"',
    "GRANT SELECT, EXECUTE, TRIGGER ON `my_shop`.* TO `keeper`@`%`",
    "GRANT SELECT, SUPER, TRIGGER ON *.* TO `keeper`@`%` IDENTIFIED BY PASSWORD '*00'",
  ])("is nothing with %s", (grant) => {
    expect(unseenOf("GRANT USAGE ON *.* TO `keeper`@`%`", grant)).toEqual([]);
  });

  it.each([
    "GRANT SELECT, LOCK TABLES, SHOW VIEW, EVENT ON `my_shop`.* TO `keeper`@`%`",
    "GRANT ALL PRIVILEGES ON `shop`.* TO `keeper`@`%`",
    "GRANT ALL PRIVILEGES ON `my\\_shop`.`orders` TO `keeper`@`%`",
    "GRANT ALL PRIVILEGES ON `myshop`.* TO `keeper`@`%`",
    "GRANT ALL PRIVILEGES ON `my\\_sho`.* TO `keeper`@`%`",
    "GRANT EXECUTE ON PROCEDURE `my_shop`.`totals` TO `keeper`@`%`",
    "GRANT PROXY ON ''@'%' TO 'keeper'@'%' WITH GRANT OPTION",
    "GRANT `reader`@`%` TO `keeper`@`%`",
  ])("is all of them with %s", (grant) => {
    expect(unseenOf("GRANT USAGE ON *.* TO `keeper`@`%`", grant)).toEqual([routines, triggers]);
  });

  it("is told apart by the right that shows it", () => {
    expect(unseenOf("GRANT SELECT, SHOW_ROUTINE ON *.* TO `keeper`@`%`")).toEqual([triggers]);
    expect(unseenOf("GRANT TRIGGER ON `my_shop`.* TO `keeper`@`%`")).toEqual([routines]);
    expect(unseenOf("GRANT TRIGGER ON *.* TO `keeper`@`%`", "GRANT SELECT ON `mysql`.`proc` TO `keeper`@`%`")).toEqual(
      [],
    );
  });

  it("is told of MariaDB by what MariaDB wants", () => {
    expect(unseenPrograms([], { ...target, kind: "mariadb" })).toContain(
      "routines that account `keeper` may not see: grant select on mysql.proc to `keeper`",
    );
  });
});

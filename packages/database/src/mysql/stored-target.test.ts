import type { Clock, ContainerExec, ExecOptions, ThrowAwayContainers } from "@sluice/core";
import { expect, it } from "vitest";
import { createMysqlDriver } from "./mysql-driver.ts";

const backup = "20260501T100000Z-abcd";
const old = "shop__old_20260501t100000z_abcd";

/** A server with `lower_case_table_names=1`, which keeps names in lower case. */
function driverOf(tables: number) {
  const exec = async (_container: string, command: readonly string[], { stdin }: ExecOptions = {}) => {
    const sql = typeof stdin === "string" ? stdin : "";
    const hex = (name: string) => Buffer.from(name).toString("hex");
    const answer = sql.includes("lower_case_table_names")
      ? hex("shop")
      : sql.includes("information_schema.schemata")
        ? hex(old)
        : sql.includes("count(*)")
          ? `${tables}`
          : "";
    return { exitCode: 0, stdout: Buffer.from(command[0] === "sh" ? "" : answer), stderr: "" };
  };
  return createMysqlDriver({
    exec: { exec } as unknown as ContainerExec,
    throwAway: {} as ThrowAwayContainers,
    clock: {} as Clock,
    stack: "shop",
    target: { kind: "mariadb", container: "c", user: "root", database: "Shop" },
    scratchMemoryBytes: 1,
  });
}

it("what lies beside a database of a name with capitals is found where the server keeps names in lower case", async () => {
  const driver = driverOf(2);
  expect(driver.database).toBe("Shop");
  expect((await driver.findBesides?.({ backup }))?.what).toContain(old);
  expect(await driver.setAside?.({ backup })).toEqual(["old"]);
  await expect(driverOf(0).undoSwap?.({ backup })).rejects.toMatchObject({
    message: `${old} holds no tables: backup ${backup} took nobody's place`,
  });
});

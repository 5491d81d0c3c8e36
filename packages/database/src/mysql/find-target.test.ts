import { type ContainerExec, SluiceError } from "@sluice/core";
import { describe, expect, it } from "vitest";
import { findMysqlTarget } from "./find-target.ts";

/** A container with an environment, files, and programs. */
function containerWith(
  environment: Readonly<Record<string, string>>,
  { files = {}, programs = ["mariadb"] }: { files?: Readonly<Record<string, string>>; programs?: string[] } = {},
): ContainerExec {
  const exec = async (_container: string, [name = "", argument = ""]: readonly string[]) => {
    const text = name === "cat" ? (files[argument] ?? "") : undefined;
    if (text === undefined && !programs.includes(name)) throw new SluiceError("EXEC_FAILED", `${name}: not found`);
    return { exitCode: 0, stdout: Buffer.from(text ?? ""), stderr: "" };
  };
  return { environment: async () => new Map(Object.entries(environment)), exec } as unknown as ContainerExec;
}

describe("the account of a backup", () => {
  it.each([
    [{ MARIADB_ROOT_PASSWORD: "r", MARIADB_USER: "shop", MARIADB_PASSWORD: "s" }, {}, "root", "r"],
    [{ MYSQL_ROOT_PASSWORD: "r" }, {}, "root", "r"],
    [{ MARIADB_USER: "shop", MARIADB_PASSWORD: "s", MARIADB_RANDOM_ROOT_PASSWORD: "1" }, {}, "shop", "s"],
    [{ MARIADB_ROOT_PASSWORD: "r", MARIADB_USER: "shop", MARIADB_PASSWORD: "s" }, { user: "shop" }, "shop", "s"],
    [{ MARIADB_ALLOW_EMPTY_ROOT_PASSWORD: "1" }, {}, "root", undefined],
  ])("is root where its password is known, else the one that was made: %o %o", async (given, asked, user, password) => {
    const exec = containerWith({ MARIADB_DATABASE: "shop", ...given });
    expect(await findMysqlTarget(exec, "db", asked)).toEqual({
      kind: "mariadb",
      container: "db",
      database: "shop",
      user,
      ...(password === undefined ? {} : { password }),
    });
  });

  it("may be in files", async () => {
    const environment = { MYSQL_DATABASE_FILE: "/run/name", MYSQL_ROOT_PASSWORD_FILE: "/run/secret" };
    const files = { "/run/name": "shop\n", "/run/secret": "r\n" };
    const target = await findMysqlTarget(containerWith(environment, { files, programs: [] }), "db");
    expect(target).toMatchObject({ kind: "mysql", database: "shop", user: "root", password: "r" });
  });

  it("is of no use without a database", async () => {
    await expect(findMysqlTarget(containerWith({}), "db")).rejects.toMatchObject({ code: "DATABASE_UNKNOWN" });
    expect((await findMysqlTarget(containerWith({}), "db", { database: "x" })).database).toBe("x");
  });
});

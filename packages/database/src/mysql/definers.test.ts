import { type ContainerExec, SluiceError } from "@sluice/core";
import { describe, expect, it } from "vitest";
import { aManifest } from "../testing/a-manifest.ts";
import { accountOf, actingEvents, checkDefiners, missingDefiners, quotedAccount } from "./definers.ts";
import type { MysqlTarget } from "./target.ts";

const hex = (text: string) => Buffer.from(text).toString("hex");
const row = (...[kind, name, more]: readonly [string, string, string]) => [kind, hex(name), hex(more)].join("\t");
const target: MysqlTarget = { kind: "mariadb", container: "c", user: "root", database: "shop__restore_1" };

it("an account is known by its last @, a role has no host", () => {
  const accounts = ["shop@%", "a@b@localhost", "keepers@", "keepers", "wei`rd@%"].map(accountOf);
  expect(accounts.map(quotedAccount)).toEqual([
    "`shop`@`%`",
    "`a@b`@`localhost`",
    "`keepers`",
    "`keepers`",
    "`wei``rd`@`%`",
  ]);
});

it("events of a dump act as whom their script names", () => {
  const event = (definer: string, name: string) =>
    `/*!50106 CREATE*/ /*!50117 DEFINER=${definer}*/ /*!50106 EVENT ${name} ON SCHEDULE EVERY 1 DAY DO SELECT 1 */ ;;`;
  expect(actingEvents([event("`a``b`@`%`", "`tick``s`"), event("`keepers`", "`e`")].join("\n"))).toEqual([
    { what: "event tick`s", definer: { user: "a`b", host: "%" } },
    { what: "event e", definer: { user: "keepers", host: "" } },
  ]);
});

it.each([
  ["app@localhost", "app@%", true],
  ["app@10.1.2.3", "app@10.1.%", true],
  ["app@10.2.2.3", "app@10.1.%", false],
  ["app@10x1", "app@10.1", false],
  ["app@10.0.0.5", "app@10.0.0.0/255.255.255.0", true],
  ["app@%", "app@localhost", false],
  ["app@%", "App@%", false],
  ["app@%", "@%", false],
  ["keepers@", "keepers@", true],
  ["keepers@", "other@", false],
])("what acts as %s does so where there is %s: %s", (definer, own, acts) => {
  const missing = missingDefiners([{ what: "view v", definer: accountOf(definer) }], [accountOf(own)]);
  expect(missing).toHaveLength(acts ? 0 : 1);
});

describe("before a swap", () => {
  const lines = [
    row("account", "root", "%"),
    row("trigger", "noted", "keeper@%"),
    row("view", "large", "root@%"),
    ...["a", "b", "c", "d", "e", "f"].map((name) => row("procedure", name, "keepers@%")),
  ];
  const check = (
    globals: string | null,
    answer: Readonly<{ stdout?: string; stderr?: string; live?: readonly string[] }> = {},
  ) => {
    const { stdout = lines.join("\n"), stderr = "", live = [] } = answer;
    const exec = {
      exec: async (_container: string, command: readonly string[], { stdin }: { readonly stdin: string }) => {
        const isOfAccounts = stdin.includes("mysql.user");
        const isOfLive = command.includes("--database=shop");
        const rows = (isOfLive ? live : stdout.split("\n")).filter(
          (line) => line.startsWith("account") === isOfAccounts,
        );
        const isRefused = isOfAccounts && stderr !== "";
        return { exitCode: isRefused ? 1 : 0, stdout: Buffer.from(rows.join("\n")), stderr: isRefused ? stderr : "" };
      },
    } as unknown as ContainerExec;
    const restored = {
      manifest: aManifest(),
      events: "",
      live: { ...target, database: "shop" },
      globals: async () => globals,
    };
    return checkDefiners(exec, target, restored, { session: "restore-1" });
  };
  const known = "CREATE USER IF NOT EXISTS `keeper`@`%` ACCOUNT LOCK;\nCREATE ROLE IF NOT EXISTS `keepers`;\n";

  it("accounts that the backup knows and the server lacks end a restore, with what makes them", async () => {
    const refused = await check(known).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(SluiceError);
    expect(refused).toMatchObject({
      code: "BACKUP_ROLE_MISSING",
      message: expect.stringMatching(
        /: keeper@% \(trigger noted\); keepers \(procedure a, procedure b, procedure c, procedure d, procedure e and 1 more\)$/,
      ),
      hint: expect.stringContaining("(create user `keeper`@`%` account lock; create role `keepers`)"),
    });
    const asLive = await check(known, { live: [row("trigger", "old", "keeper@%")] }).catch((error: unknown) => error);
    expect((asLive as SluiceError).message).not.toContain("keeper@%");
    const one = await check("CREATE ROLE IF NOT EXISTS `keepers`;\n").catch((error: unknown) => error);
    expect((one as SluiceError).message).not.toContain("keeper@%");
    const user = await check("CREATE USER IF NOT EXISTS `keepers`@`%` ACCOUNT LOCK;\n").catch(
      (error: unknown) => error,
    );
    expect(user).toMatchObject({ hint: expect.stringContaining("create user `keepers`@`%`") });
  });

  it("accounts that neither knows are told", async () => {
    const found = {
      code: "definers-missing",
      message: expect.stringContaining(": keeper@% (trigger noted); keepers@% ("),
    };
    expect(await check("-- no accounts\n")).toMatchObject(found);
    expect(await check(null)).toMatchObject(found);
    expect(await check(known, { stdout: [row("account", "root", "%"), lines[2]].join("\n") })).toBeNull();
    const live = [row("trigger", "old", "keeper@%"), row("procedure", "old", "keepers@%")];
    expect(await check(known, { live })).toMatchObject({ code: "definers-missing" });
  });

  it("tells where that cannot be looked at, and throws what else fails", async () => {
    const stderr = "ERROR 1142 (42000) at line 2: SELECT command denied to user 'shop'@'%' for table 'user'";
    expect(await check(known, { stderr })).toMatchObject({ message: expect.stringContaining("root may not read") });
    // Where nothing acts as anybody, nobody has to look.
    expect(await check(known, { stdout: "", stderr })).toBeNull();
    await expect(check(known, { stderr: "ERROR 2002 (HY000): no server" })).rejects.toThrow("2002");
  });
});

import type { ContainerExec, ExecOptions } from "@sluice/core";
import { expect, it } from "vitest";
import type { MysqlTarget } from "./target.ts";
import { vacate } from "./vacate.ts";

const target: MysqlTarget = { kind: "mariadb", container: "c", user: "root", database: "shop" };
const [name, fresh] = ["shop__old_20260501t100000z_abcd", "shop__restore_20260501t100000z_abcd"];

/** @param note of a swap whose script runs in the container */
function serverWith({ databases = [] as readonly string[], tables = 0, note = "" }) {
  const dropped: string[] = [];
  const exec = async (_container: string, command: readonly string[], { stdin }: ExecOptions = {}) => {
    const sql = typeof stdin === "string" ? stdin : "";
    dropped.push(...[...sql.matchAll(/drop database (?:if exists )?`([^`]+)`/g)].map(([, one = ""]) => one));
    const hex = databases.map((one) => Buffer.from(one).toString("hex")).join("\n");
    const isLook = command.some((one) => one.includes("/proc/"));
    const stdout = command[0] === "sh" ? (isLook ? "" : note) : sql.includes("schemata") ? hex : `${tables}`;
    return { exitCode: 0, stdout: Buffer.from(stdout), stderr: "" };
  };
  const server = { exec } as unknown as ContainerExec;
  const run = () => vacate(server, target, { kind: "old", name, fresh, backup: "B" }, { session: "s" });
  return { dropped, run };
}

it("what a swap left that died before its renaming is dropped, as it holds nothing", async () => {
  const left = serverWith({ databases: [name] });
  await left.run();
  expect(left.dropped).toEqual([name]);
  const none = serverWith({});
  await none.run();
  expect(none.dropped).toEqual([]);
});

it("what holds tables, or may while a swap goes on, stays", async () => {
  const note = JSON.stringify({ live: "shop", fresh, old: name, scheduled: false, undoes: false });
  for (const server of [serverWith({ databases: [name], tables: 2 }), serverWith({ databases: [name], note })]) {
    await expect(server.run()).rejects.toMatchObject({ code: "RESTORE_FAILED" });
    expect(server.dropped).toEqual([]);
  }
});

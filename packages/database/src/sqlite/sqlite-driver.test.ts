import { type ContainerExec, type Finding, SluiceError } from "@sluice/core";
import { expect, it } from "vitest";
import { createSqliteDriver, type SqliteOptions } from "./sqlite-driver.ts";

const call = { backup: "20260501T100000Z-abcd" };
const file = "/data/live.db";
const old = `${file}__old_20260501t100000z_abcd`;

const options: Omit<SqliteOptions, "exec"> = {
  throwAway: {} as never,
  stack: "shop",
  container: "here",
  scratchMemoryBytes: 1,
  file,
};

interface Ended {
  readonly exitCode?: number;
  readonly stdout?: string;
  readonly stderr?: string;
}

type Verb = "query" | "list" | "exchange" | "remove";

/** The driver of a database that a restore has taken the place of, in a container with Node. */
function driverWith(answers: Partial<Record<Verb, () => Ended>>) {
  const exec = async (_container: string, command: readonly string[]) => {
    if (command[0] !== "node") throw new SluiceError("EXEC_FAILED", `${command[0]}: not found`);
    const [verb, path = ""] = command.slice(4) as [Verb?, string?];
    const usual: Partial<Record<Verb, () => Ended>> = {
      query: () => ({ stdout: "3.50.0\tUTF-8\t8192" }),
      list: () => ({ stdout: old.startsWith(path) ? old : "" }),
    };
    const { exitCode = 0, stdout = "", stderr = "" } = (verb ? { ...usual, ...answers }[verb]?.() : undefined) ?? {};
    return { exitCode, stdout: Buffer.from(`${stdout}\n`), stderr };
  };
  return createSqliteDriver({ ...options, exec: { exec } as unknown as ContainerExec });
}

it("an exchange that took place has not failed where its container ends before what it has put there is removed", async () => {
  const findings: Finding[] = [];
  let isExchanged = false;
  const remove = () => {
    if (isExchanged) throw new SluiceError("EXEC_FAILED", "the container is not running");
    return {};
  };
  const exchange = () => {
    isExchanged = true;
    return {};
  };
  const undone = driverWith({ exchange, remove }).undoSwap({ ...call, onFinding: (one) => findings.push(one) });
  expect(await undone).toBe(`${file}__undone_20260501t100000z_abcd`);
  expect(findings).toMatchObject([
    { severity: "warn", code: "restore-left", hint: expect.stringContaining(`remove ${old}:`) },
  ]);
});

it("an exchange whose tool is killed is undecided, and one that the tool refuses is not", async () => {
  const killed = driverWith({ exchange: () => ({ exitCode: 137 }) }).undoSwap(call);
  await expect(killed).rejects.toMatchObject({ code: "RESTORE_FAILED", undecided: true });
  const refused = driverWith({ exchange: () => ({ exitCode: 1, stderr: "Error: database is locked" }) }).undoSwap(call);
  await expect(refused).rejects.toMatchObject({ code: "RESTORE_FAILED", undecided: false });
});

it("what is beside the database is looked for without starting a container", async () => {
  expect(await driverWith({}).findBesides?.(call)).toMatchObject({ what: expect.stringContaining(old) });
  const exec = async () => ({ exitCode: 127, stdout: Buffer.of(), stderr: "not found" });
  const without = createSqliteDriver({
    ...options,
    exec: { exec } as unknown as ContainerExec,
    toolImage: "python:3",
    throwAway: { start: () => expect.unreachable("a container was started") } as never,
  });
  expect(await without.findBesides?.(call)).toBeNull();
});

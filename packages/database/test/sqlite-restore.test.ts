import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type ContainerExec, type ExecResult, SluiceError } from "@sluice/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createSqliteDriver } from "../src/sqlite/sqlite-driver.ts";
import { aManifest } from "../src/testing/a-manifest.ts";
import { localExec } from "./support/local-exec.ts";

const call = { backup: "20260501T100000Z-abcd" };
const [old, undone] = ["live.db__old_20260501t100000z_abcd", "live.db__undone_20260501t100000z_abcd"];

let directory: string;
const file = (name: string) => join(directory, name);

function put(name: string, rows: number): void {
  using database = new DatabaseSync(file(name));
  database.exec("create table orders (id integer)");
  for (let row = 0; row < rows; row += 1) database.exec("insert into orders values (1)");
}

function rowsOf(name: string): unknown {
  using database = new DatabaseSync(file(name));
  return database.prepare("select count(*) as rows from orders").get()?.rows;
}

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "sluice-sqlite-restore-"));
  put("live.db", 2);
  put("backup.db", 1);
});
afterEach(() => rm(directory, { recursive: true }));

/** @param overwrite what becomes of the process that puts one content in another's place */
function driver(overwrite: (start: () => Promise<ExecResult>) => Promise<ExecResult> = (start) => start()) {
  const exec: ContainerExec["exec"] = async (container, command, { stdin, ...options } = {}) => {
    if (command[0] !== "node") throw new SluiceError("EXEC_FAILED", `${command[0]}: not found`);
    const input = typeof stdin === "string" || stdin === undefined ? stdin : await gathered(stdin);
    const start = () => localExec.exec(container, command, { ...options, stdin: input });
    return command.includes("overwrite") ? overwrite(start) : start();
  };
  return createSqliteDriver({
    exec: { ...localExec, exec },
    throwAway: {} as never,
    stack: "shop",
    container: "here",
    scratchMemoryBytes: 1,
    file: file("live.db"),
  });
}

async function gathered(bytes: AsyncIterable<Uint8Array> | Uint8Array): Promise<Uint8Array> {
  if (bytes instanceof Uint8Array) return bytes;
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function* backup(): AsyncGenerator<Uint8Array> {
  yield await readFile(file("backup.db"));
}

async function restore(over = driver()): Promise<void> {
  const fresh = await over.restoreBeside(aManifest(), backup(), call);
  try {
    await fresh.swap();
  } catch (error) {
    await fresh.drop();
    throw error;
  }
}

describe("an exchange whose connection breaks", () => {
  it("keeps what was there, as the process may go on", async () => {
    let going: Promise<ExecResult> | undefined;
    const lost = driver(async (start) => {
      going = start();
      throw new SluiceError("EXEC_FAILED", "the connection to a process in a container broke");
    });
    await expect(restore(lost)).rejects.toMatchObject({
      code: "RESTORE_FAILED",
      hint: expect.stringContaining(file(old)),
    });
    expect((await going)?.exitCode).toBe(0);
    expect(rowsOf("live.db")).toBe(1);
    expect(rowsOf(old)).toBe(2);

    await driver().undoSwap(call);
    expect(rowsOf("live.db")).toBe(2);
  });

  it("is taken for what the process says where it says so", async () => {
    const stderr = "Error: database is locked";
    const failing = driver(async () => ({ exitCode: 1, stdout: Buffer.of(), stderr }));
    await expect(restore(failing)).rejects.toMatchObject({
      code: "RESTORE_FAILED",
      hint: expect.stringContaining("what it was"),
    });
    expect((await readdir(directory)).filter((name) => name.includes("__"))).toEqual([]);
  });
});

it("what an undo set aside is not written over by the next one", async () => {
  await restore();
  await driver().undoSwap(call);
  expect([rowsOf("live.db"), rowsOf(undone)]).toEqual([2, 1]);

  await restore();
  const again = driver().undoSwap(call);
  await expect(again).rejects.toMatchObject({
    code: "RESTORE_FAILED",
    message: expect.stringContaining(file(undone)),
    hint: expect.stringContaining("remove it"),
  });
  expect([rowsOf("live.db"), rowsOf(old), rowsOf(undone)]).toEqual([1, 2, 1]);
});

import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type ContainerExec, type ExecResult, type Finding, SluiceError } from "@sluice/core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createSqliteDriver } from "../src/sqlite/sqlite-driver.ts";
import { aFingerprint, aManifest } from "../src/testing/a-manifest.ts";
import { localExec } from "./support/local-exec.ts";
import { missingIn, startWriter } from "./support/sqlite-writer.ts";

const call = { backup: "20260501T100000Z-abcd" };
const [restored, old, undone] = ["restore", "old", "undone"].map(
  (kind) => `live.db__${kind}_20260501t100000z_abcd`,
) as [string, string, string];

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

/**
 * @param exchange what becomes of the process that puts one content in another's place
 * @param freeKib on the volume; default: nobody can tell
 * @param isUp whether its container runs
 */
function driver(
  exchange: (start: () => Promise<ExecResult>) => Promise<ExecResult> = (start) => start(),
  freeKib?: () => number,
  isUp = () => true,
) {
  const exec: ContainerExec["exec"] = async (container, command, { stdin, ...options } = {}) => {
    if (!isUp()) throw new SluiceError("EXEC_FAILED", "the container is not running");
    if (command[0] === "df" && freeKib) {
      const told = `Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/x 100000 0 ${freeKib()} 10% /data\n`;
      return { exitCode: 0, stdout: Buffer.from(told), stderr: "" };
    }
    if (command[0] !== "node") throw new SluiceError("EXEC_FAILED", `${command[0]}: not found`);
    const input = typeof stdin === "string" || stdin === undefined ? stdin : await gathered(stdin);
    const start = () => localExec.exec(container, command, { ...options, stdin: input });
    return command.includes("exchange") ? exchange(start) : start();
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
  const fresh = await over.restoreBeside({ ...aManifest(), rawBytes: 8192 }, backup(), call);
  try {
    await fresh.swap();
  } catch (error) {
    await fresh.drop().catch(() => undefined);
    throw error;
  }
}

describe("an exchange that is killed", () => {
  it("after it has taken place keeps what was there", async () => {
    const killed = driver(async (start) => ({ ...(await start()), exitCode: 137 }));
    await expect(restore(killed)).rejects.toMatchObject({
      code: "RESTORE_FAILED",
      undecided: true,
      message: expect.stringContaining("killed (exit code 137)"),
      hint: expect.stringContaining(file(old)),
    });
    expect([rowsOf("live.db"), rowsOf(old)]).toEqual([1, 2]);
  });

  it("before it has taken place, and is heard of by nobody, takes no writes away afterwards", async () => {
    const killed = driver(async () => {
      await copyFile(file("live.db"), file(old));
      throw new SluiceError("EXEC_FAILED", "the machine is gone");
    });
    await expect(restore(killed)).rejects.toMatchObject({ code: "RESTORE_FAILED" });
    using application = new DatabaseSync(file("live.db"));
    application.exec("insert into orders values (7)");
    const undecided = {
      code: "RESTORE_FAILED",
      message: expect.stringContaining("is not known"),
      hint: expect.stringContaining(file(restored)),
    };
    await expect(restore()).rejects.toMatchObject(undecided);
    await expect(driver().undoSwap(call)).rejects.toMatchObject(undecided);
    expect(rowsOf("live.db")).toBe(3);
    for (const name of [restored, old]) await rm(file(name));
    await restore();
    expect([rowsOf("live.db"), rowsOf(old)]).toEqual([1, 3]);
  });

  it("with its container is what the failure tells of, not what could not be removed after it", async () => {
    let isUp = true;
    const stopped = driver(
      async () => {
        isUp = false;
        return { exitCode: 1, stdout: Buffer.of(), stderr: "Error: disk I/O error" };
      },
      undefined,
      () => isUp,
    );
    await expect(restore(stopped)).rejects.toMatchObject({
      code: "RESTORE_FAILED",
      message: expect.stringContaining("disk I/O error"),
    });
  });
});

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

    await expect(driver().undoSwap(call)).rejects.toMatchObject({ hint: expect.stringContaining(file(restored)) });
    await rm(file(restored));
    await driver().undoSwap(call);
    expect(rowsOf("live.db")).toBe(2);
  });

  it("or that takes too long leaves all that its process may go on to need", async () => {
    using timeout = vi.spyOn(AbortSignal, "timeout").mockImplementation(() => AbortSignal.abort());
    const stuck = driver(async () => {
      throw new Error("aborted");
    });
    await expect(restore(stuck)).rejects.toMatchObject({
      code: "RESTORE_FAILED",
      message: expect.stringContaining("took longer than 61000 ms"),
      hint: expect.stringContaining(file(old)),
    });
    expect(timeout).toHaveBeenCalledWith(61_000);
    expect(await readdir(directory)).toContain(restored);
  });

  it("is taken for what the process says where it says so", async () => {
    const stderr = "Error: database is locked";
    const failing = driver(async () => ({ exitCode: 1, stdout: Buffer.of(), stderr }));
    await expect(restore(failing)).rejects.toMatchObject({
      code: "RESTORE_FAILED",
      undecided: false,
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
    hint: expect.stringMatching(/remove .*; then undo again$/),
  });
  expect([rowsOf("live.db"), rowsOf(old), rowsOf(undone)]).toEqual([1, 2, 1]);
});

it("what restores and their undos left beside the database is found, and nothing else", async () => {
  expect(await driver().findBesides?.(call)).toBeNull();
  await restore();
  const others = ["live.db__notes", `other${old}`, "live.db__backup_20260501t100000z_abcd"];
  for (const name of [...others, `${restored}-wal`]) await writeFile(file(name), "");
  expect(await driver().findBesides?.(call)).toMatchObject({
    what: `restores left databases beside ${file("live.db")}: ${file(old)}, ${file(`${restored}-wal`)}`,
    mend: expect.stringContaining(`docker exec here rm '${file(old)}'; `),
  });
});

it("what was written while a restore ran is in one of the two", async () => {
  await using writer = startWriter(file("live.db"));
  await writer.written(20);
  await restore();
  await writer.written(20);
  expect(missingIn([file("live.db"), file(old)], await writer.stop())).toEqual([]);
});

it("what is in neither of the two is told", async () => {
  const findings: Finding[] = [];
  const leaky = driver(async (start) => ({ ...(await start()), stdout: Buffer.from("written in between\n") }));
  const fresh = await leaky.restoreBeside(aManifest(), backup(), { ...call, onFinding: (one) => findings.push(one) });
  await fresh.swap();
  expect(findings).toMatchObject([{ severity: "warn", code: "written-in-between" }]);
});

describe("a volume without room", () => {
  const entries = async () => (await readdir(directory)).toSorted();
  // The database has two pages of 4 KiB.
  const [copy, exchange] = [Math.ceil(8 * 1.2), Math.ceil(16 * 1.2)];
  const room = (freeKib: number) => driver(undefined, () => freeKib);
  const full = { code: "DISK_FULL", message: expect.stringMatching(/^\d+ bytes are free .*, \d+ are wanted/) };

  it("gets no copy of the database", async () => {
    await expect(room(copy - 1).dump(call)).rejects.toMatchObject(full);
    await expect(room(copy - 1).fingerprint(aFingerprint(), call)).rejects.toMatchObject(full);
    expect(await entries()).toEqual(["backup.db", "live.db"]);
    await (await room(copy).dump(call))[Symbol.asyncDispose]();
    expect(await room(copy).freeBytes?.(call)).toBe(copy * 1024);
  });

  it("gets nothing restored", async () => {
    // All that a restore and its exchange write; of the exchange again, as it may have been filled meanwhile.
    await expect(restore(room(Math.ceil(24 * 1.2) - 1))).rejects.toMatchObject(full);
    expect(await entries()).toEqual(["backup.db", "live.db"]);
    let free = Math.ceil(24 * 1.2);
    const filled = driver(undefined, () => free);
    const fresh = await filled.restoreBeside({ ...aManifest(), rawBytes: 8192 }, backup(), call);
    free = exchange - 1;
    await expect(fresh.swap()).rejects.toMatchObject(full);
    await fresh.drop();
    expect(await entries()).toEqual(["backup.db", "live.db"]);
    expect(rowsOf("live.db")).toBe(2);
    free = exchange;
    await restore();
    free = exchange - 1;
    await expect(filled.undoSwap(call)).rejects.toMatchObject(full);
    expect([rowsOf("live.db"), rowsOf(old)]).toEqual([1, 2]);
  });
});

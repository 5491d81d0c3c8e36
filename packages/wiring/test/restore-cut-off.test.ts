import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type ContainerExec, databaseEntry, SluiceError } from "@sluice/core";
import { restoreBackup, undoRestore } from "@sluice/database";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDeployer, type DatabaseCall, type Deployer } from "../src/index.ts";
import { createSession } from "../src/session.ts";
import { backupsOf } from "./support/backups.ts";
import { docker, type Project, startProject } from "./support/postgres.ts";
import { until } from "./support/until.ts";

let project: Project;
let deployer: Deployer;
const signal = new AbortController().signal;

beforeAll(async () => {
  project = await startProject("cutoff");
  const [env, stateHome] = [process.env, join(project.directory, "home")];
  const { stack, directory } = project;
  deployer = createDeployer({ stack, directory, stateHome, env, actor: "ada" });
  await project.sql("comment on database shop is 'the shop''s own'");
});
afterAll(async () => {
  await deployer?.[Symbol.asyncDispose]();
  await project?.[Symbol.asyncDispose]();
});

const ask = (statement: string) => project.sql(statement, "postgres");
const isClosed = async () => (await ask("select datallowconn from pg_database where datname = 'shop'")) === "f";
const countOf = async () => Number(await project.sql("select count(*) from orders"));
/** Each with what it is said to be. */
const databases = async () =>
  (
    await ask(
      "select datname, shobj_description(oid, 'pg_database') from pg_database where datname like 'shop%' order by 1",
    )
  ).split("\n");

interface SlowSession {
  /** It ends, as it was told to meanwhile. */
  end(): Promise<void>;
  readonly ended: Promise<unknown>;
}

/** A session in the live database that does not end when it is told to: a swap waits for it, for 10 s. */
async function slowSession(): Promise<SlowSession> {
  const ended = project.sql("select pg_sleep(600)").catch(() => undefined);
  const pids = "select pid from pg_stat_activity where query = 'select pg_sleep(600)'";
  await until(async () => (await ask(pids)) !== "");
  const pid = await ask(pids);
  const send = (name: string) => docker("exec", "-u", "0", project.container, "kill", `-${name}`, pid);
  await send("STOP");
  return { end: async () => void (await send("CONT")), ended };
}

it("a swap that somebody ends in its middle takes place, and is said to have", async () => {
  const { id } = await deployer.database.backup({}, signal);
  const before = await countOf();
  await project.sql("delete from orders where id <= 100");
  const slow = await slowSession();
  const stop = new AbortController();
  const restoring = deployer.database.restore(id, {}, stop.signal);
  await Promise.race([restoring, until(isClosed)]);
  stop.abort(new Error("enough"));
  await slow.end();
  const { old } = await restoring;
  await slow.ended;
  expect(await countOf()).toBe(before);
  expect(await databases()).toEqual(["shop|the shop's own", `${old}|the shop's own`]);
  expect((await deployer.database.records()).at(-1)).toMatchObject({ action: "restore", result: "done" });

  const undone = await deployer.database.undoRestore(id, {}, signal);
  expect(await countOf()).toBe(before - 100);
  expect(await databases()).toEqual(["shop|the shop's own", `${undone}|the shop's own`]);
  await ask(`drop database ${undone}`);
});

it("a swap takes place whose connection breaks, and is waited for", async () => {
  await using plain = await backupsOf(project);
  /** The process goes on, and nobody hears of it any more. */
  const exec: ContainerExec["exec"] = async (container, command, options = {}) => {
    const running = plain.exec.exec(container, command, options);
    if (typeof options.stdin !== "string" || !options.stdin.includes("rename to")) return running;
    running.catch(() => undefined);
    await until(isClosed);
    throw new SluiceError("EXEC_FAILED", "the connection to a process in a container broke");
  };
  await using cut = await backupsOf(project, { exec: { ...plain.exec, exec } });
  const manifest = await cut.take();
  const before = await countOf();
  await project.sql("delete from orders where id <= 150");
  const slow = await slowSession();
  const restoring = restoreBackup(cut.ports, manifest.id);
  const waiting = "select count(*) from pg_stat_activity where query like '%swaps databases does not end%'";
  await Promise.race([restoring, until(async () => (await ask(`${waiting} and pid <> pg_backend_pid()`)) === "1")]);
  await slow.end();
  const { old } = await restoring;
  await slow.ended;
  expect(await countOf()).toBe(before);
  expect(await databases()).toEqual(["shop|the shop's own", `${old}|the shop's own`]);
  expect(await plain.ports.driver.findBesides?.({ backup: manifest.id })).toMatchObject({
    mend: `once nobody needs them: drop database "${old}"`,
  });
  await undoRestore(plain.ports, manifest.id);
  expect(await countOf()).toBe(before - 50);
  await ask(`drop database ${(await databases())[1]?.split("|")[0]}`);
});

it("a restore and an undo that are killed before their record have their end in it by what is there", async () => {
  await using plain = await backupsOf(project);
  const { id } = await plain.take();
  const [env, stateHome] = [process.env, join(project.directory, "home")];
  const { stack, directory } = project;
  const begin = async (action: "restore" | "restore-undo") => {
    await using session = createSession({ stack, directory, stateHome, env, actor: "eva" });
    const { journal } = await session.ports();
    const about = { actor: "eva", reason: "", service: "db", backup: id };
    await journal.append(databaseEntry({ action, ...about, result: "begun" }));
  };
  const killed = async () =>
    (await deployer.doctor(signal)).diagnoses.filter(({ code }) => code === "restore-cut-short").length;
  const settled = async (next: () => Promise<unknown> = () => deployer.database.backup({}, signal)) => {
    expect(await killed()).toBe(1);
    await next();
    expect(await killed()).toBe(0);
    const records = await deployer.database.records();
    const { action, backup, actor, result } = records.findLast((record) => record.action.startsWith("restore")) ?? {};
    return { action, backup, actor, result };
  };
  const by = { backup: id, actor: "ada" };

  await begin("restore");
  expect(await settled()).toEqual({ action: "restore", ...by, result: "failed" });
  await begin("restore");
  const { old } = await restoreBackup(plain.ports, id);
  // Also before a deployment is finished: what it still does depends on whose migrations are on the data.
  await writeFile(join(directory, "sluice.yaml"), "database: { service: db }\n");
  await using configured = createDeployer({ stack, directory, stateHome, env, actor: "ada" });
  expect(await settled(() => configured.resume(signal))).toEqual({ action: "restore", ...by, result: "done" });
  await begin("restore-undo");
  expect(await settled()).toEqual({ action: "restore-undo", ...by, result: "failed" });
  await begin("restore-undo");
  const undone = await undoRestore(plain.ports, id);
  expect(await settled()).toEqual({ action: "restore-undo", ...by, result: "done" });
  expect((await databases()).map((line) => line.split("|")[0])).toEqual(["shop", undone]);
  expect(old).not.toBe(undone);
  await ask(`drop database ${undone}`);
});

describe("where the server dies in a swap", () => {
  async function dieIn(swapping: () => Promise<unknown>): Promise<void> {
    const slow = await slowSession();
    const failed = swapping().catch((error: unknown) => error);
    await until(isClosed);
    await docker("kill", project.container);
    expect(await failed).toMatchObject({
      code: "RESTORE_FAILED",
      message: expect.stringContaining("it is not known whether they were"),
    });
    await slow.ended;
    await docker("start", project.container);
    await until(async () =>
      ask("select 1").then(
        () => true,
        () => false,
      ),
    );
    await expect(project.sql("select 1")).rejects.toThrow("not currently accepting connections");
  }

  /** What the next command says of it. */
  async function mended(next: (call: DatabaseCall) => Promise<unknown>): Promise<string> {
    const said: string[] = [];
    const left = async () =>
      (await deployer.doctor(signal)).diagnoses.filter(({ code }) => code === "restore-left").map(({ what }) => what);
    expect(await left()).toEqual([expect.stringContaining("nobody can connect to shop since")]);
    expect(await isClosed()).toBe(true);
    await next({ onFinding: ({ code, message }) => said.push(`${code}: ${message}`) });
    expect(await left()).toEqual([]);
    const mends = (await deployer.database.records()).filter(({ action }) => action === "mend");
    // Nobody had seen how it ended.
    expect(said).toEqual([
      `database-mended: db: ${mends.at(-1)?.reason}`,
      expect.stringMatching(/^restore-settled: .* had no end in the record: it did not take place, /),
    ]);
    return said.join();
  }

  it("the next command opens the database again, whether it was being swapped or put back", async () => {
    const { id } = await deployer.database.backup({}, signal);
    const before = await countOf();
    await project.sql("delete from orders where id <= 200");
    const restore = () => deployer.database.restore(id, {}, signal);
    await dieIn(restore);
    // Also what only looks at what would be lost.
    const plan = async (call: DatabaseCall) =>
      expect((await deployer.database.planRestore(id, signal, call)).losses).toEqual([
        { name: "public.orders", rowsThen: before, rowsNow: before - 50 },
      ]);
    expect(await mended(plan)).toMatch(
      /putting shop__restore_\S+ in the place of database shop .* takes connections again/,
    );
    expect(await countOf()).toBe(before - 50);

    const { old } = await restore();
    expect(await countOf()).toBe(before);
    expect(await databases()).toEqual(["shop|the shop's own", `${old}|the shop's own`]);

    const undo = () => deployer.database.undoRestore(id, {}, signal);
    await dieIn(undo);
    expect(await mended((call) => deployer.database.backup(call, signal))).toContain(
      `putting ${old} in the place of database shop`,
    );
    expect(await countOf()).toBe(before);
    expect(await databases()).toEqual(["shop|the shop's own", `${old}|the shop's own`]);
    await undo();
    expect(await countOf()).toBe(before - 50);
  });

  it("a database that somebody has closed stays closed", async () => {
    await ask("alter database shop with allow_connections false");
    const said: string[] = [];
    const backup = deployer.database.backup({ onFinding: ({ code }) => said.push(code) }, signal);
    await expect(backup).rejects.toMatchObject({
      code: "DATABASE_UNREACHABLE",
      hint: expect.stringContaining("sluice doctor"),
    });
    expect([said, await isClosed()]).toEqual([[], true]);
    await ask("alter database shop with allow_connections true");
  });
});

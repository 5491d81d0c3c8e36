import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import type { Readable } from "node:stream";
import { systemClock } from "@sluice/core/node";
import { acquireLock, createJournal, readLockHolder, verifyAudit } from "@sluice/journal";
import { expect, it, onTestFinished } from "vitest";
import { temporaryDirectory, temporaryHome } from "./temporary-home.ts";

function run(program: string, ...args: string[]): ChildProcessByStdio<null, Readable, null> {
  const file = join(import.meta.dirname, "programs", `${program}.ts`);
  const child = spawn(process.execPath, ["--conditions=sluice-source", file, ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

it("the lock is free at once when its holder is killed, though a child of it lives on", async () => {
  const home = await temporaryHome();
  const holder = run("hold-lock", home.path);
  const [line] = (await once(createInterface(holder.stdout), "line")) as [string];
  const { child } = JSON.parse(line) as { child: number };
  onTestFinished(() => void process.kill(child, "SIGKILL"));
  expect(await readLockHolder(home)).toMatchObject({ pid: holder.pid, actor: "victim" });
  await expect(acquireLock(home, { actor: "next", reason: "", release: "" })).rejects.toMatchObject({
    message: expect.stringContaining(`process ${holder.pid}`),
  });

  holder.kill("SIGKILL");
  await once(holder, "exit");
  expect(await readLockHolder(home)).toBeNull();
  const begin = performance.now();
  await using _lock = await acquireLock(home, { actor: "next", reason: "after", release: "v2" });
  expect(performance.now() - begin).toBeLessThan(1_000);
  expect(process.kill(child, 0)).toBe(true);
  expect(await readLockHolder(home)).toMatchObject({ pid: process.pid, actor: "next" });
});

it("the lock lets one process in at a time", async () => {
  const home = await temporaryHome();
  const log = join(await temporaryDirectory(), "log");
  const racers = Array.from({ length: 3 }, () => run("race-for-lock", home.path, log));
  const codes = await Promise.all(racers.map(async (racer) => (await once(racer, "exit"))[0] as number));
  expect(codes).toEqual([0, 0, 0]);
  expect(await readFile(log, "utf8")).toBe("in\nout\n".repeat(30));
});

it("no record that was promised is lost when the writer is killed, however often", async () => {
  const home = await temporaryHome();
  let records = 0;
  for (let round = 0; round < 5; round++) {
    const writer = run("append-forever", home.path);
    let promised = 0;
    createInterface(writer.stdout).on("line", (line) => (promised = Number(line)));
    await once(writer.stdout, "data");
    await systemClock.sleep(20 + Math.random() * 60);
    writer.kill("SIGKILL");
    await once(writer, "close");
    const report = await verifyAudit(home);
    expect(report).toMatchObject({ ok: true, problems: [] });
    expect(report.records).toBeGreaterThanOrEqual(promised);
    expect(report.records).toBeGreaterThan(records);
    records = report.records;
  }
  expect(await createJournal(home, systemClock).append({ type: "after" })).toMatchObject({ seq: records + 1 });
  expect((await verifyAudit(home)).ok).toBe(true);
});

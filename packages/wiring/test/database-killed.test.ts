import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { systemClock } from "@sluice/core/node";
import { createDirectoryStore } from "@sluice/database";
import { afterAll, beforeAll, expect, it } from "vitest";
import { docker, type Project, startProject } from "./support/postgres.ts";
import { until } from "./support/until.ts";

let project: Project;
const children: ChildProcess[] = [];
beforeAll(async () => {
  project = await startProject("dbkilled");
});
afterAll(async () => {
  for (const child of children) child.kill("SIGKILL");
  await project?.[Symbol.asyncDispose]();
});

function startBackup(): ChildProcess {
  const program = join(import.meta.dirname, "programs", "take-backup.ts");
  const child = spawn(process.execPath, ["--conditions=sluice-source", program, project.stack, project.directory], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  children.push(child);
  return child;
}

async function finished(child: ChildProcess): Promise<number | null> {
  const [code] = (await once(child, "exit")) as [number | null];
  return code;
}

const ourSessions = async () =>
  Number(await project.sql("select count(*) from pg_stat_activity where application_name like 'sluice-%'", "postgres"));
/** Names of processes in the database's container that a backup started, by the mark in their environment. */
const ourProcesses = async () => {
  const script = `for place in $(grep -l SLUICE_BACKUP= /proc/[0-9]*/environ 2>/dev/null); do
    read -r name < "\${place%environ}comm" && echo "$name"
  done 2>/dev/null; true`;
  return (await docker("exec", project.container, "sh", "-c", script)).split("\n").filter((name) => name !== "");
};
const backupsDir = () => join(project.directory, "home", "backups");

it("a backup whose deployer is killed leaves nothing that the next one does not clear away", async () => {
  const holding = project
    .sql("begin; lock table orders in access exclusive mode; select pg_sleep(600)")
    .catch(() => "");
  const doomed = startBackup();
  await until(async () => (await ourSessions()) >= 2);
  doomed.kill("SIGKILL");
  await finished(doomed);
  // Nobody is there to end it: the dump waits on, and what it began lies about.
  expect(await ourSessions()).toBeGreaterThan(0);
  expect((await readdir(backupsDir())).some((name) => name.endsWith(".partial"))).toBe(true);
  await project.sql(
    "select pg_terminate_backend(pid) from pg_stat_activity where query like '%pg_sleep(600)%' and pid <> pg_backend_pid()",
    "postgres",
  );
  await holding;

  expect(await finished(startBackup())).toBe(0);
  await until(async () => (await ourSessions()) === 0);
  const { backups } = await createDirectoryStore({ directory: backupsDir() }, systemClock).list();
  expect(backups).toHaveLength(1);
  expect(await readdir(backupsDir())).toHaveLength(3);
});

it("what waits at a pipe whose other end never came is ended by the next backup", async () => {
  // A deployer that dies between the start of the reader and that of the dump leaves a shell at the pipe.
  const pipe = "/tmp/sluice-backup-dead.pipe";
  await docker("exec", project.container, "mkfifo", pipe);
  const read = ["sh", "-c", `exec < ${pipe}`];
  await docker("exec", "-d", "-e", "SLUICE_BACKUP=backup-dead", project.container, ...read);
  await until(async () => (await ourProcesses()).includes("sh"));
  expect(await finished(startBackup())).toBe(0);
  await until(async () => (await ourProcesses()).length === 0);
  expect(await docker("exec", project.container, "ls", "/tmp")).toBe("");
});

it("what waits for a dump that writes nothing is ended by the next backup", async () => {
  const asRoot = (script: string) => docker("exec", "-u", "0", project.container, "sh", "-c", script);
  const place = await asRoot("readlink -f $(command -v pg_dump)");
  // `pg_dumpall` asks for the other's version.
  const waits = `#!/bin/sh\n[ "$1" = -Fc ] && exec sleep 600\nexec ${place}.aside "$@"\n`;
  await asRoot(`mv ${place} ${place}.aside; printf '${waits}' > ${place}; chmod 755 ${place}`);
  const doomed = startBackup();
  const isWaiting = async () => {
    const names = await ourProcesses();
    return names.includes("sleep") && names.includes("zstd");
  };
  await until(isWaiting);
  doomed.kill("SIGKILL");
  await finished(doomed);
  await asRoot(`mv ${place}.aside ${place}`);
  expect(await isWaiting()).toBe(true);

  expect(await finished(startBackup())).toBe(0);
  await until(async () => (await ourProcesses()).length === 0);
});

it("killed at any moment, what is listed is whole", async () => {
  const before = performance.now();
  expect(await finished(startBackup())).toBe(0);
  const whole = performance.now() - before;
  const store = createDirectoryStore({ directory: backupsDir() }, systemClock);
  for (let share = 0.3; share < 1.05; share += 0.06) {
    const child = startBackup();
    const over = finished(child);
    await Promise.race([delay(whole * share), over]);
    child.kill("SIGKILL");
    await over;
    const { backups, damaged } = await store.list();
    expect(damaged).toEqual([]);
    for (const backup of backups) {
      for await (const _chunk of store.read(backup, "dump"));
      for await (const _chunk of store.read(backup, "globals"));
    }
  }
  expect(await finished(startBackup())).toBe(0);
  const { backups } = await store.list();
  expect(await readdir(backupsDir())).toHaveLength(backups.length * 3);
  await until(async () => (await ourSessions()) === 0 && (await ourProcesses()).length === 0);
  expect(await docker("exec", project.container, "ls", "/tmp")).toBe("");
});

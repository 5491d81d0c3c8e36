import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "@sluice/core/node";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createDirectoryStore } from "../src/store/directory-store.ts";
import { bytesOf } from "../src/testing/bytes.ts";

const steps = ["opened", "written", "synced", "renamed", "durable"];
const boundaries = ["dump", "globals", "manifest"].flatMap((part) => steps.map((step) => `${part} ${step}`));
const id = "20260501T100000Z-abcd";

let directory = "";
const children: ChildProcess[] = [];
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "sluice-killed-"));
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  await rm(directory, { recursive: true });
});

function start(backup: string, stopAt: string): ChildProcess {
  const program = join(import.meta.dirname, "programs", "write-backup.ts");
  const child = spawn(process.execPath, ["--conditions=sluice-source", program, directory, backup, stopAt], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(child);
  return child;
}

async function word(child: ChildProcess): Promise<string> {
  if (!child.stdout) throw new Error("no output");
  const [data] = (await once(child.stdout, "data")) as [Buffer];
  return data.toString().trim();
}

it.each(boundaries)("killed at: %s", async (boundary) => {
  const child = start(id, boundary);
  expect(await word(child)).toBe("stopped");
  const store = createDirectoryStore({ directory }, systemClock);
  // While the writer lives, nobody takes its files away.
  expect(await store.sweep()).toEqual([]);

  child.kill("SIGKILL");
  await once(child, "exit");
  const isThere = boundary === "manifest renamed" || boundary === "manifest durable";
  const { backups, damaged } = await store.list();
  expect(damaged).toEqual([]);
  expect(backups.map((backup) => backup.id)).toEqual(isThere ? [id] : []);
  // What is listed is whole.
  for (const backup of backups) {
    expect(await bytesOf(store.read(backup, "dump"))).toBe("the whole dump");
    expect(await bytesOf(store.read(backup, "globals"))).toBe("roles");
  }

  // The next start leaves nothing but what is listed.
  const next = start("20260501T110000Z-efgh", "");
  expect(await word(next)).toBe("finished");
  const whole = (backup: string) => ["dump", "globals", "json"].map((kind) => `${backup}.${kind}`);
  const kept = [...(isThere ? whole(id) : []), ...whole("20260501T110000Z-efgh")];
  expect((await readdir(directory)).toSorted()).toEqual(kept);
});

it("a writer spares another that is at work", async () => {
  const slow = start(id, "manifest opened");
  expect(await word(slow)).toBe("stopped");
  expect(await word(start("20260501T110000Z-efgh", ""))).toBe("finished");
  expect(await readdir(directory)).toEqual(expect.arrayContaining([`${id}.dump`, `${id}.globals`]));
});

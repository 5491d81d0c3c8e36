import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Clock } from "@sluice/core";
import { systemClock } from "@sluice/core/node";
import { expect, it, onTestFinished } from "vitest";
import { aManifest } from "../../testing/a-manifest.ts";
import { bytesOf, chunks } from "../../testing/bytes.ts";
import type { BackupStore } from "../backup-store.ts";
import { createResticStore } from "./restic-store.ts";

const id = "20260501T100000Z-abcd";
const manifest = aManifest({ id, seq: 1 });

async function written(store: BackupStore, signal: AbortSignal): Promise<void> {
  await using writer = await store.begin(id, signal);
  await writer.write("dump", chunks("dump"));
}

async function committed(store: BackupStore, signal: AbortSignal): Promise<void> {
  await using writer = await store.begin(id, signal);
  await writer.commit(manifest);
}

it.each<[string, string, (store: BackupStore, signal: AbortSignal) => Promise<unknown>]>([
  ["a list", "snapshots", (store, signal) => store.list(signal)],
  ["a list that reads a manifest", "dump", (store, signal) => store.list(signal)],
  ["one that is loaded", "snapshots", (store, signal) => store.load(id, signal)],
  ["one that is loaded, while its manifest is read", "dump", (store, signal) => store.load(id, signal)],
  ["a beginning", "cat", (store, signal) => store.begin(id, signal)],
  ["a beginning that looks at what is there", "snapshots", (store, signal) => store.begin(id, signal)],
  ["a beginning that takes away what is left", "forget", (store, signal) => store.begin(id, signal)],
  ["a sweep", "snapshots", (store, signal) => store.sweep(signal)],
  ["a sweep that takes away what is left", "forget", (store, signal) => store.sweep(signal)],
  ["a clearing", "prune", async (store, signal) => store.compact?.(signal)],
  ["a part that is looked for", "snapshots", (store, signal) => bytesOf(store.read(manifest, "dump", signal))],
  ["a part that is read", "dump", (store, signal) => bytesOf(store.read(manifest, "dump", signal))],
  ["a part that is written", "backup", written],
  ["a commit", "backup", committed],
])("the signal ends %s whose restic does not answer, and restic with it", async (_name, hangsAt, call) => {
  const { store, pid } = await storeThatHangs(hangsAt);
  const stop = new AbortController();
  const ended = call(store, stop.signal);
  ended.catch(() => undefined);
  const running = await expect.poll(pid, { timeout: 5_000, interval: 5 }).not.toBe("").then(pid);
  stop.abort(new Error("enough"));
  await expect(ended).rejects.toThrow("enough");
  expect(existsSync(`/proc/${running}`)).toBe(false);
});

/** On which no grace is longer than 50 ms. */
const quickClock: Clock = {
  ...systemClock,
  sleep: (ms, signal) => systemClock.sleep(Math.min(ms, 50), signal),
};

/** A restic that ends at one of its commands only when it is told to. In its repository is one backup of a writer that died. */
async function storeThatHangs(hangsAt: string) {
  const directory = await mkdtemp(join(tmpdir(), "sluice-restic-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const tags = (part: string) => ["sluice", "set=shop", `backup=${id}`, "writer=here-1-1", `part=${part}`];
  const time = "2020-05-01T10:00:00Z";
  const snapshots = [
    { id: "aa", time, tags: tags("dump") },
    { id: "bb", time, tags: [...tags("manifest"), "revision=1", "sha256=none"] },
  ];
  await writeFile(
    join(directory, "restic"),
    `#!/bin/sh
if [ "$1" = ${hangsAt} ] && [ ! -e ${directory}/pid ]; then
  echo $$ >${directory}/pid
  exec sleep 60
fi
case $1 in
  cat) echo '{"version":2}' ;;
  snapshots) echo '${JSON.stringify(snapshots)}' ;;
  dump) echo '{}' ;;
esac
`,
    { mode: 0o755 },
  );
  const env = { PATH: `${directory}:/usr/bin:/bin`, RESTIC_PASSWORD: "unused" };
  const store = createResticStore({ repository: "/nowhere", set: "shop", env }, quickClock);
  const pid = () =>
    readFile(join(directory, "pid"), "utf8").then(
      (text) => text.trim(),
      () => "",
    );
  onTestFinished(async () => {
    const running = Number(await pid());
    if (running && existsSync(`/proc/${running}`)) process.kill(running, "SIGKILL");
  });
  return { store, pid };
}

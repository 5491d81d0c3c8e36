import type { Clock } from "@sluice/core";
import { expect, it } from "vitest";
import { aManifest } from "../testing/a-manifest.ts";
import { bytesOf, chunks } from "../testing/bytes.ts";
import { createObjectBackupStore } from "./object-backup-store.ts";
import type { Objects } from "./objects.ts";

const id = "20260501T100000Z-abcd";

/** Lists one thing after the other, and takes note of what is removed. */
function listing(...lists: readonly (readonly string[])[]) {
  const removed: string[] = [];
  let asked = 0;
  const objects = {
    place: "s3://backups",
    list: async () => {
      const names = lists[Math.min(asked, lists.length - 1)] ?? [];
      asked += 1;
      return names.map((name) => ({ name, bytes: 4, modified: new Date() }));
    },
    remove: async (name: string) => void removed.push(name),
    unfinished: async () => [],
  } as unknown as Objects;
  return { store: createObjectBackupStore(objects, { now: () => new Date() } as Clock), removed };
}

it("what no manifest names goes, unless its writer has finished since it was listed", async () => {
  const dead = listing([`${id}.dump`]);
  expect(await dead.store.sweep()).toEqual([`${id}.dump`]);
  expect(dead.removed).toEqual([`${id}.dump`]);
  const finished = listing([`${id}.dump`], [`${id}.dump`, `${id}.json`]);
  expect(await finished.store.sweep()).toEqual([]);
  expect(finished.removed).toEqual([]);
});

it("a place that goes away meanwhile is told once, and not by what cannot be cleared", async () => {
  const away = async () => {
    throw new Error("connection refused");
  };
  const objects = {
    place: "s3://backups",
    list: async () => [],
    unfinished: async () => [],
    putText: async () => undefined,
    put: away,
    remove: away,
  } as unknown as Objects;
  const store = createObjectBackupStore(objects, { now: () => new Date() } as Clock);
  const write = async () => {
    await using writer = await store.begin(id);
    await writer.write("dump", chunks("dump"));
  };
  await expect(write()).rejects.toThrow("connection refused");
});

it.each([
  ["is not there any more", []],
  ["holds 3 bytes now, not 4", [{ name: `${id}.dump`, bytes: 3, modified: new Date() }]],
])("a backup whose dump %s is none", async (why, stored) => {
  const put: string[] = [];
  const objects = {
    place: "s3://backups",
    list: async () => stored,
    unfinished: async () => [],
    putText: async (name: string) => void put.push(name),
    put: async (_name: string, source: AsyncIterable<Uint8Array>) => void (await bytesOf(source)),
    remove: async () => undefined,
  } as unknown as Objects;
  const store = createObjectBackupStore(objects, { now: () => new Date() } as Clock);
  await using writer = await store.begin(id);
  const manifest = aManifest({ id, seq: writer.seq, ...(await writer.write("dump", chunks("dump"))) });
  await expect(writer.commit(manifest)).rejects.toMatchObject({
    code: "BACKUP_FAILED",
    message: `s3://backups/${id}.dump was written, and ${why}`,
  });
  expect(put).not.toContain(`${id}.json`);
});

it("an upload that began after the marks of writers were listed is left alone", async () => {
  const marks: string[] = [];
  const discarded: string[] = [];
  const begin = () => void marks.push(`${id}.writing.elsewhere-1-1.partial`);
  const objects = (whenAsked: () => void) =>
    ({
      place: "s3://backups",
      list: async () => marks.map((name) => ({ name, bytes: 4, modified: new Date() })),
      async unfinished() {
        whenAsked();
        const name = `${id}.dump`;
        return [{ name, discard: async () => discarded.push(name) > 0 }];
      },
    }) as unknown as Objects;
  const clock = { now: () => new Date() } as Clock;
  // Another machine puts its mark and begins to upload while this one looks around.
  expect(await createObjectBackupStore(objects(begin), clock).sweep()).toEqual([]);
  marks.pop();
  expect(
    await createObjectBackupStore(
      objects(() => undefined),
      clock,
    ).sweep(),
  ).toEqual([`${id}.dump`]);
  expect(discarded).toEqual([`${id}.dump`]);
});

it("a backup whose mark cannot be taken away is there", async () => {
  const put: string[] = [];
  const objects = {
    place: "s3://backups",
    list: async () => [{ name: `${id}.dump`, bytes: 4, modified: new Date() }],
    getText: async () => null,
    unfinished: async () => [],
    putText: async (name: string) => void put.push(name),
    put: async (_name: string, source: AsyncIterable<Uint8Array>) => void (await bytesOf(source)),
    remove: async (name: string) => {
      if (name.includes("writing")) throw new Error("connection refused");
    },
  } as unknown as Objects;
  const store = createObjectBackupStore(objects, { now: () => new Date() } as Clock);
  await using writer = await store.begin(id);
  await writer.commit(aManifest({ id, seq: writer.seq, ...(await writer.write("dump", chunks("dump"))) }));
  expect(put).toContain(`${id}.json`);
});

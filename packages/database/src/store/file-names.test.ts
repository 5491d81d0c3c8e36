import { hostname } from "node:os";
import { expect, it } from "vitest";
import { describeFile, fileNames, leftovers, type StoreFile } from "./file-names.ts";
import { aliveWriters, isWriterAlive, ownWriterTag } from "./writer-tag.ts";

const id = "20260501T100000Z-abcd";
const other = "20260501T110000Z-efgh";
const filesOf = (...names: readonly string[]) =>
  names.map(describeFile).filter((file): file is StoreFile => file !== null);
const left = (names: readonly string[], alive: readonly string[] = []) =>
  leftovers(filesOf(...names), new Set(alive)).map(({ name }) => name);

it("knows its own files, and nobody else's", () => {
  const names = [
    fileNames.part(id, "dump"),
    fileNames.part(id, "globals"),
    fileNames.manifest(id),
    fileNames.partial(fileNames.manifest(id), "host-1-2"),
    fileNames.writing(id, "host-1-2"),
  ];
  expect(filesOf(...names).map(({ name, backup }) => [name, backup])).toEqual(names.map((name) => [name, id]));
  expect(filesOf("notes.txt", `${id}.dump.bak`, "x.partial", `${id}.dump.partial`, ".json")).toEqual([]);
});

it("a dead writer's files go, a live one's stay, and so does what is listed", () => {
  const dead = "host-1-1";
  const alive = "host-2-2";
  expect(left([`${id}.dump`, `${id}.globals.${dead}.partial`])).toEqual([
    `${id}.dump`,
    `${id}.globals.${dead}.partial`,
  ]);
  expect(left([`${id}.dump`, `${id}.writing.${alive}.partial`], [alive])).toEqual([]);
  expect(left([`${id}.dump`, `${id}.json`, `${id}.writing.${dead}.partial`])).toEqual([
    `${id}.writing.${dead}.partial`,
  ]);
  expect(left([`${id}.dump`, `${id}.json.${alive}.partial`, `${other}.dump`], [alive])).toEqual([`${other}.dump`]);
});

it("knows whether a writer lives, also when its number was given anew", async () => {
  const own = await ownWriterTag();
  expect(await isWriterAlive(own)).toBe(true);
  const [place, pid] = own.split("-");
  expect(await isWriterAlive(`${place}-${pid}-1`)).toBe(false);
  expect(await isWriterAlive(`${place}-4194305-1`)).toBe(false);
  expect(await isWriterAlive(`elsewhere-4194305-1`)).toBe(true);
  expect(await isWriterAlive("nonsense")).toBe(false);
});

it("cannot tell of a writer on a machine that only has this one's name, and spares it for a day", async () => {
  const name = hostname()
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, "");
  const tag = `${name}-4194305-1`;
  expect(await isWriterAlive(tag)).toBe(true);
  const at = new Date("2026-05-01T10:00:00Z");
  const aliveAfter = (hours: number) =>
    aliveWriters([{ tag, at }], { now: () => new Date(at.getTime() + hours * 3_600_000) });
  expect(await aliveAfter(23)).toEqual(new Set([tag]));
  expect(await aliveAfter(25)).toEqual(new Set());
});

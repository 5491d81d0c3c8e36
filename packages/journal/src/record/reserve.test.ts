import { stat } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { temporaryDirectory } from "../../test/temporary-home.ts";
import { keepReserve, makeRoom, spendReserve } from "./reserve.ts";

const mebibyte = 1024 ** 2;
const withRoom = (bytes: number) => () => Promise.resolve({ bsize: 4_096, bavail: bytes / 4_096 });
const sizeIn = async (path: string) => (await stat(join(path, "journal.reserve")).catch(() => ({ size: 0 }))).size;

it("is kept where the disk has room for it several times over, and never fills one that is almost full", async () => {
  const path = await temporaryDirectory();
  await keepReserve(path, withRoom(mebibyte - 4_096));
  expect(await sizeIn(path)).toBe(0);
  await keepReserve(path, () => Promise.reject(new Error("nobody knows")));
  expect(await sizeIn(path)).toBe(0);
  await keepReserve(path, withRoom(mebibyte));
  expect(await sizeIn(path)).toBe(262_144);
});

it("is given back in parts, until nothing is left", async () => {
  const path = await temporaryDirectory();
  expect(await spendReserve(path)).toBe(false);
  await keepReserve(path, withRoom(mebibyte));
  expect(await spendReserve(path)).toBe(true);
  expect(await sizeIn(path)).toBe(229_376);
  for (let part = 0; part < 7; part++) expect(await spendReserve(path)).toBe(true);
  expect(await spendReserve(path)).toBe(false);
});
it("leaves half of it to records where others need room, and is nobody's but a deployment's", async () => {
  const path = await temporaryDirectory();
  await keepReserve(path, withRoom(mebibyte));
  expect(await makeRoom({ path, deploying: new Set() })).toBe(false);
  const home = { path, deploying: new Set([{ [Symbol.asyncDispose]: async () => undefined }]) };
  for (let part = 0; part < 4; part++) expect(await makeRoom(home)).toBe(true);
  expect(await makeRoom(home)).toBe(false);
  expect(await sizeIn(path)).toBe(131_072);
  for (let part = 0; part < 4; part++) expect(await makeRoom(home, "records")).toBe(true);
  expect(await makeRoom(home, "records")).toBe(false);
});

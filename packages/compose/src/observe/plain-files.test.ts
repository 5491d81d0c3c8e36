import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { composeLabels } from "../engine/containers.ts";
import { plainFiles } from "./plain-files.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "sluice-plain-files-"));
  await mkdir(join(root, "deploy"));
});
afterEach(() => rm(root, { recursive: true }));

const of = (...files: readonly string[]) => plainFiles({ [composeLabels.files]: files.join(",") });

it("files that plain Compose took are called as from the root of their checkout", async () => {
  const files = [join(root, "deploy/compose.yml"), join(root, "compose.prod.yml")];
  // A copy without Git, as one that was unpacked, has none.
  expect(await of(...files)).toEqual({});
  await mkdir(join(root, ".git"));
  expect(await of(...files)).toEqual({ composeFiles: ["deploy/compose.yml", "compose.prod.yml"] });
});

it("nothing is said of files that are not here, or are none", async () => {
  expect(await of(join(root, "gone/compose.yml"))).toEqual({});
  expect(await of("-")).toEqual({});
  expect(await plainFiles({})).toEqual({});
});

import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { StoredRelease } from "@sluice/core";
import { aBundle } from "@sluice/core/testing";
import { afterEach, beforeEach, expect, it } from "vitest";
import { bundleName } from "../bundle-files/bundle-name.ts";
import { withCheckout } from "../model/checkout.ts";
import { filesAt } from "./migration-job.ts";
import { releasedSqlFiles } from "./released-sql-files.ts";

let base: string;
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), "released-sql-"));
});
afterEach(() => rm(base, { recursive: true, force: true }));

it("are those that the release holds, in order, and not what the checkout has since", async () => {
  const [checkout, filesDir] = [join(base, "checkout"), join(base, "files")];
  const source = join(checkout, "db");
  const volumes = [{ type: "bind", source, target: filesAt, read_only: true }];
  const model = withCheckout({ name: "shop", services: { "web-migrate": { volumes }, seed: {} } }, checkout);
  const held = join(filesDir, bundleName(model, source) ?? "");
  for (const directory of [source, join(held, "3_directory.sql")]) await mkdir(directory, { recursive: true });
  await writeFile(join(source, "9_since.sql"), "");
  for (const name of ["2_b.sql", "1_a.sql", "README.md"]) await writeFile(join(held, name), `of ${name}`);
  const release: StoredRelease = { bundle: aBundle("r1"), model, filesDir };
  expect(await releasedSqlFiles(release, "web-migrate")).toEqual([
    { name: "1_a.sql", text: "of 1_a.sql" },
    { name: "2_b.sql", text: "of 2_b.sql" },
  ]);
  expect(await releasedSqlFiles(release, "seed")).toBeNull();
  expect(await releasedSqlFiles({ ...release, filesDir: join(base, "gone") }, "web-migrate")).toBeNull();
});

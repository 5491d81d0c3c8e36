import { spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";

let directory = "";
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "sluice-kill-at-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const program = `
import { constants, open } from "node:fs/promises";
for (const record of ["one", "two", "three"]) {
  await using file = await open(process.argv[1] + "/journal.ndjson", constants.O_RDWR | constants.O_CREAT, 0o600);
  await file.write(Buffer.from(record + "\\n"), 0, record.length + 1, (await file.stat()).size);
  await file.datasync();
}`;

it.each([
  ["before:2", "SIGKILL", "one\n"],
  ["torn:2", "SIGKILL", "one\ntw"],
  ["after:2", "SIGKILL", "one\ntwo\n"],
  ["before:2:SIGTERM", "SIGTERM", "one\n"],
  ["after:9", null, "one\ntwo\nthree\n"],
])("%s ends a process by %s when it has written %j", async (at, signal, text) => {
  const preload = join(import.meta.dirname, "../src/faults/kill-at-record.ts");
  const args = ["--import", preload, "--input-type=module", "--eval", program, directory];
  const ran = spawnSync(process.execPath, args, { env: { PATH: process.env["PATH"], SLUICE_TEST_KILL_AT: at } });
  expect(ran.signal).toBe(signal);
  expect(await readFile(join(directory, "journal.ndjson"), "utf8")).toBe(text);
});

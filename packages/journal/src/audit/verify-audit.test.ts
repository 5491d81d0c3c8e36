import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { beforeEach, expect, it } from "vitest";
import { temporaryHome } from "../../test/temporary-home.ts";
import type { StateHome } from "../home/state-home.ts";
import { createJournal } from "../record/create-journal.ts";
import { hashRecord } from "../record/record.ts";
import { verifyAudit } from "./verify-audit.ts";

const count = 12;
let home: StateHome;
let file: string;
let whole: Buffer;
let lines: readonly string[];

beforeEach(async () => {
  home = await temporaryHome();
  file = join(home.path, "journal.ndjson");
  const journal = createJournal(home, home.clock);
  for (let index = 1; index <= count; index++) {
    await journal.append({ type: "step-outcome", step: `s${index}`, text: "ü € 𝄞", nested: { b: 1, a: [1.5, null] } });
  }
  whole = await readFile(file);
  lines = whole.toString().trimEnd().split("\n");
});

const write = (changed: readonly string[]) => writeFile(file, changed.map((line) => `${line}\n`).join(""));
/** A version that was edited to be newer is refused altogether. */
const isFound = () =>
  verifyAudit(home).then(
    ({ ok }) => !ok,
    ({ code }: { code: string }) => code === "JOURNAL_NEWER",
  );
const kinds = async () => (await verifyAudit(home)).problems.map(({ kind, seq }) => `${kind} ${seq}`);

it("finds any changed byte", async () => {
  const byte = fc.integer({ min: 0, max: whole.length - 1 });
  await fc.assert(
    fc.asyncProperty(byte, fc.integer({ min: 1, max: 255 }), async (index, change) => {
      const edited = Buffer.from(whole);
      edited[index] = (edited[index] ?? 0) ^ change;
      await writeFile(file, edited);
      expect(await isFound()).toBe(true);
    }),
    { numRuns: 300 },
  );
});

it("finds any inserted and any removed bytes", async () => {
  const position = fc.integer({ min: 0, max: whole.length });
  await fc.assert(
    fc.asyncProperty(position, fc.integer({ min: 0, max: 40 }), fc.string({ maxLength: 5 }), async (at, gone, text) => {
      const edited = Buffer.concat([whole.subarray(0, at), Buffer.from(text), whole.subarray(at + gone)]);
      // A rest behind the last line end is what a crash leaves, and is no record.
      const isTorn = edited.subarray(0, whole.length).equals(whole) && !text.includes("\n");
      fc.pre(!edited.equals(whole) && !isTorn);
      await writeFile(file, edited);
      expect(await isFound()).toBe(true);
    }),
    { numRuns: 300 },
  );
});

it("finds any records removed, and says which", async () => {
  const some = fc.uniqueArray(fc.integer({ min: 1, max: count }), { minLength: 1 });
  await fc.assert(
    fc.asyncProperty(some, async (gone) => {
      await write(lines.filter((_, index) => !gone.includes(index + 1)));
      const { ok, problems } = await verifyAudit(home);
      expect(ok).toBe(false);
      expect(
        problems.every(({ kind, seq }) => (kind === "removed" || kind === "truncated") && gone.includes(seq)),
      ).toBe(true);
    }),
    { numRuns: 100 },
  );
});

it("finds any other order", async () => {
  const order = fc.shuffledSubarray([...Array(count).keys()], { minLength: count });
  await fc.assert(
    fc.asyncProperty(order, async (indexes) => {
      fc.pre(indexes.some((index, place) => index !== place));
      await write(indexes.map((index) => lines[index] ?? ""));
      const { problems } = await verifyAudit(home);
      expect(problems.some(({ kind }) => kind === "reordered")).toBe(true);
    }),
    { numRuns: 100 },
  );
});

it("finds a record that was written anew with a hash that fits", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: count - 1 }), async (index) => {
      const record = { ...JSON.parse(lines[index] ?? ""), step: "another" };
      const forged = JSON.stringify({ ...record, hash: hashRecord(record) });
      await write(lines.map((line, place) => (place === index ? forged : line)));
      expect(await kinds()).toEqual([`edited ${index + 1}`]);
    }),
    { numRuns: 30 },
  );
});

it("tells one problem for one change", async () => {
  const edited = lines.map((line, index) => (index === 4 ? line.replace("s5", "s6") : line));
  await write(edited);
  expect(await kinds()).toEqual(["edited 5"]);
  await write(lines.with(4, "{}"));
  expect(await kinds()).toEqual(["edited 5"]);
  await write(lines.toSpliced(4, 2));
  expect(await kinds()).toEqual(["removed 5"]);
  await write(lines.slice(0, -3));
  expect(await verifyAudit(home)).toMatchObject({
    records: count - 3,
    problems: [{ kind: "truncated", seq: 10, line: 10, message: "3 records from 10 on are missing at the end" }],
  });
  await write(lines.toSpliced(4, 0, lines[2] ?? ""));
  expect(await kinds()).toEqual(["reordered 3"]);
});

it("finds that everything is gone", async () => {
  await rm(file);
  expect(await kinds()).toEqual(["truncated 1"]);
});

it("finds that all of the record is gone where releases are stored, and misses none in a new home", async () => {
  await rm(file);
  await rm(join(home.path, "journal.head"));
  expect(await verifyAudit(home)).toEqual({ ok: true, records: 0, problems: [] });
  await mkdir(join(home.releasesDir, "r1"));
  expect(await verifyAudit(home)).toMatchObject({
    ok: false,
    problems: [{ kind: "truncated", message: expect.stringContaining("the record is gone") }],
  });
});

it("finds that the head is gone", async () => {
  await rm(join(home.path, "journal.head"));
  expect(await kinds()).toEqual([`truncated ${count}`]);
});

it("allows a head that a crash left behind", async () => {
  const { seq, hash } = JSON.parse(lines[count - 2] ?? "") as { seq: number; hash: string };
  await writeFile(join(home.path, "journal.head"), JSON.stringify({ seq, hash }));
  expect(await verifyAudit(home)).toEqual({ ok: true, records: count, problems: [] });
});

it("goes on seeing that last records were removed after more were appended", async () => {
  await write(lines.slice(0, -2));
  await createJournal(home, home.clock).append({ type: "later" });
  await createJournal(home, home.clock).append({ type: "later" });
  expect(await kinds()).toEqual(["removed 11"]);
});

it("is not stopped by an absurd number", async () => {
  const record = { ...JSON.parse(lines[5] ?? ""), seq: Number.MAX_SAFE_INTEGER };
  await write(lines.with(5, JSON.stringify({ ...record, hash: hashRecord(record) })));
  expect((await verifyAudit(home)).ok).toBe(false);
});

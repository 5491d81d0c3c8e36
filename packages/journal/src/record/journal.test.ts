import { appendFile, mkdir, readFile, rename, rm, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Journal, JournalRecord } from "@sluice/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { temporaryHome } from "../../test/temporary-home.ts";
import { verifyAudit } from "../audit/verify-audit.ts";
import type { StateHome } from "../home/state-home.ts";
import { createJournal } from "./create-journal.ts";
import { tailRecords } from "./tail.ts";

async function all(journal: Journal): Promise<readonly JournalRecord[]> {
  const records: JournalRecord[] = [];
  for await (const record of journal.read()) records.push(record);
  return records;
}

const fileOf = (home: StateHome) => join(home.path, "journal.ndjson");

async function filledHome(count: number): Promise<StateHome> {
  const home = await temporaryHome();
  const journal = createJournal(home, home.clock);
  for (let index = 1; index <= count; index++) await journal.append({ type: "step-intent", step: `step ${index}` });
  return home;
}

describe("append and read", () => {
  it("gives back what was appended, numbered and chained", async () => {
    const home = await temporaryHome();
    const journal = createJournal(home, home.clock);
    const first = await journal.append({ type: "deployment-start", deployment: "d1", plan: { steps: [1, null, "ü"] } });
    const second = await journal.append({ type: "deployment-end", deployment: "d1", left: undefined });
    expect(await all(journal)).toEqual([first, second]);
    expect(first).toMatchObject({ v: 1, seq: 1, previous: "0".repeat(64), plan: { steps: [1, null, "ü"] } });
    expect(second).toMatchObject({ seq: 2, previous: first.hash });
    expect(second).not.toHaveProperty("left");
    expect((await stat(fileOf(home))).mode & 0o777).toBe(0o600);
  });

  it("puts appends that are made at once in order", async () => {
    const home = await temporaryHome();
    const journal = createJournal(home, home.clock);
    await Promise.all(Array.from({ length: 30 }, (_, index) => journal.append({ type: "note", index })));
    expect((await all(journal)).map(({ index }) => index)).toEqual(Array.from({ length: 30 }, (_, index) => index));
    expect(await verifyAudit(home)).toEqual({ ok: true, records: 30, problems: [] });
  });

  it("is in order and whole whatever wall time does between two records", async () => {
    const home = await temporaryHome();
    const years = [2026, 2036, 2016, 2016, 1970, 2026];
    const clock = { ...home.clock, now: () => new Date(Date.UTC(years.shift() ?? 2026)) };
    // Another process may have written each.
    for (let index = 0; index < 6; index++) await createJournal(home, clock).append({ type: "note", index });
    const journal = createJournal(home, clock);
    expect((await all(journal)).map(({ seq, index }) => [seq, index])).toEqual(
      [0, 1, 2, 3, 4, 5].map((n) => [n + 1, n]),
    );
    const backwards: unknown[] = [];
    for await (const { index } of journal.backwards()) backwards.push(index);
    expect(backwards).toEqual([5, 4, 3, 2, 1, 0]);
    expect(await verifyAudit(home)).toEqual({ ok: true, records: 6, problems: [] });
  });

  it("goes on where another journal of the same home ended", async () => {
    const home = await filledHome(3);
    const [one, other] = [createJournal(home, home.clock), createJournal(home, home.clock)];
    await one.append({ type: "a" });
    await other.append({ type: "b" });
    await one.append({ type: "c" });
    expect((await all(one)).map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6]);
    expect((await verifyAudit(home)).ok).toBe(true);
  });

  it("keeps any JSON, and its own fields against an entry's", async () => {
    const entry = fc.record({ type: fc.string(), value: fc.jsonValue(), seq: fc.jsonValue(), hash: fc.jsonValue() });
    const home = await temporaryHome();
    const journal = createJournal(home, home.clock);
    let seq = 0;
    await fc.assert(
      fc.asyncProperty(entry, async (written) => {
        const record = await journal.append(written);
        seq += 1;
        expect(record).toMatchObject({ type: written.type, seq });
        expect(record["value"]).toEqual(JSON.parse(JSON.stringify(written.value)));
      }),
      { numRuns: 60 },
    );
    expect(await verifyAudit(home)).toMatchObject({ ok: true, records: seq });
  });

  it("is empty before the first record", async () => {
    const home = await temporaryHome();
    expect(await all(createJournal(home, home.clock))).toEqual([]);
    expect(await verifyAudit(home)).toEqual({ ok: true, records: 0, problems: [] });
    expect(await tailRecords(home, 5)).toEqual([]);
  });

  it("is appended where the head cannot follow, which lags then", async () => {
    const home = await temporaryHome();
    const journal = createJournal(home, home.clock);
    await journal.append({ type: "a" });
    const head = join(home.path, "journal.head");
    await rename(head, `${head}.before`);
    await mkdir(join(head, "in the way"), { recursive: true });
    const second = await journal.append({ type: "b" });
    await rm(head, { recursive: true });
    await rename(`${head}.before`, head);
    expect(await all(journal)).toMatchObject([{ seq: 1 }, second]);
    expect(await createJournal(home, home.clock).append({ type: "c" })).toMatchObject({ seq: 3 });
    expect(await verifyAudit(home)).toEqual({ ok: true, records: 3, problems: [] });
  });

  it("goes on after an append that failed", async () => {
    const home = await temporaryHome();
    const journal = createJournal(home, home.clock);
    const cycle: { type: string; self?: unknown } = { type: "note" };
    cycle.self = cycle;
    await expect(journal.append(cycle)).rejects.toThrow("circular");
    expect(await journal.append({ type: "note" })).toMatchObject({ seq: 1 });
  });
});

describe("a torn last line", () => {
  it("is never an error, wherever the writing stopped, and is put aside by the next append", async () => {
    const home = await filledHome(4);
    const whole = await readFile(fileOf(home));
    const lastLine = whole.subarray(0, -1).lastIndexOf(0x0a) + 1;
    const line = whole.subarray(lastLine);
    // A byte short of the closing brace, so that the zero-filled line is never the whole line after all.
    const cut = fc.integer({ min: 1, max: line.length - 2 });
    await fc.assert(
      fc.asyncProperty(cut, fc.boolean(), async (length, isZeroFilled) => {
        const rest = Buffer.from(line);
        if (isZeroFilled) rest.fill(0, length, rest.length - 1);
        await writeFile(fileOf(home), Buffer.concat([whole, isZeroFilled ? rest : rest.subarray(0, length)]));
        const journal = createJournal(home, home.clock);
        expect((await all(journal)).map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
        expect((await tailRecords(home, 1)).map(({ seq }) => seq)).toEqual([4]);
        expect(await verifyAudit(home)).toMatchObject({ ok: true, records: 4 });
        await journal.append({ type: "after" });
        expect((await all(journal)).map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]);
        expect(await verifyAudit(home)).toMatchObject({ ok: true, records: 5 });
        await writeFile(
          join(home.path, "journal.head"),
          JSON.stringify({ seq: 4, hash: JSON.parse(line.toString()).hash }),
        );
      }),
      { numRuns: 50 },
    );
  });

  it("is kept", async () => {
    const home = await filledHome(1);
    await appendFile(fileOf(home), '{"v":1,"seq":2,"ty');
    await createJournal(home, home.clock).append({ type: "after" });
    expect(await readFile(join(home.path, "journal.torn"), "utf8")).toBe('{"v":1,"seq":2,"ty\n');
  });

  it("may be all there is", async () => {
    const home = await temporaryHome();
    await writeFile(fileOf(home), '{"v":1,"seq":1,"ty');
    const journal = createJournal(home, home.clock);
    expect(await all(journal)).toEqual([]);
    expect(await tailRecords(home, 3)).toEqual([]);
    expect(await journal.append({ type: "first" })).toMatchObject({ seq: 1 });
  });
});

describe("a journal that cannot be read", () => {
  it("names the line that is no record", async () => {
    const home = await filledHome(3);
    const lines = (await readFile(fileOf(home), "utf8")).split("\n");
    await writeFile(fileOf(home), [lines[0], "{", ...lines.slice(2)].join("\n"));
    await expect(all(createJournal(home, home.clock))).rejects.toMatchObject({
      code: "JOURNAL_INVALID",
      position: { file: fileOf(home), line: 2 },
    });
  });

  it("is not written on either", async () => {
    const home = await filledHome(1);
    await appendFile(fileOf(home), "nonsense\n");
    await expect(createJournal(home, home.clock).append({ type: "x" })).rejects.toMatchObject({
      code: "JOURNAL_INVALID",
    });
  });

  it("is refused when a newer version wrote it", async () => {
    const home = await filledHome(2);
    await appendFile(fileOf(home), '{"v":2,"new":true}\n');
    const journal = createJournal(home, home.clock);
    await expect(all(journal)).rejects.toMatchObject({ code: "JOURNAL_NEWER", position: { line: 3 } });
    await expect(journal.append({ type: "x" })).rejects.toMatchObject({ code: "JOURNAL_NEWER" });
    await expect(verifyAudit(home)).rejects.toMatchObject({ code: "JOURNAL_NEWER" });
  });
});

describe("the tail", () => {
  it("is the end of the whole, for any length of records and any count", async () => {
    const sizes = fc.array(fc.constantFrom(0, 1, 100, 5_000, 70_000, 140_000), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(sizes, fc.integer({ min: 0, max: 8 }), async (lengths, count) => {
        const home = await temporaryHome();
        const journal = createJournal(home, home.clock);
        for (const length of lengths) await journal.append({ type: "note", text: "é".repeat(length) });
        const whole = await all(journal);
        expect(await tailRecords(home, count)).toEqual(count === 0 ? [] : whole.slice(-count));
      }),
      { numRuns: 25 },
    );
  });

  it("does not read what comes before", async () => {
    const home = await filledHome(1);
    const line = await readFile(fileOf(home), "utf8");
    await truncate(fileOf(home), 0);
    await appendFile(fileOf(home), `${"x\n".repeat(200_000)}${line}`);
    expect((await tailRecords(home, 1))[0]).toMatchObject({ seq: 1 });
  });
});

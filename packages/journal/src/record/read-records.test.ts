import { appendFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { JournalRecord } from "@sluice/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { temporaryHome } from "../../test/temporary-home.ts";
import { createJournal } from "./create-journal.ts";

async function all(records: AsyncIterable<JournalRecord>): Promise<readonly JournalRecord[]> {
  const found: JournalRecord[] = [];
  for await (const record of records) found.push(record);
  return found;
}

async function homeWith(...types: readonly string[]) {
  const home = await temporaryHome();
  const journal = createJournal(home, home.clock);
  for (const type of types) await journal.append({ type });
  const file = join(home.path, "journal.ndjson");
  return { journal, file, lines: async () => (await readFile(file, "utf8")).split("\n") };
}

const only = (wanted: string) => ({ types: (type: string) => type === wanted });

describe("records of some types, and records from the newest on", () => {
  it("are those of the whole, whatever types are called and hold, behind a torn line too", async () => {
    const type = fc.oneof(fc.constantFrom("note", "step-outcome", 'a"b', "a\\b", "", "ü"), fc.string());
    const entry = fc.record({ type, text: fc.oneof(fc.string(), fc.constant('"type":"note"')), big: fc.nat(70_000) });
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { maxLength: 8 }), fc.boolean(), async (entries, isTorn) => {
        const { journal, file } = await homeWith();
        for (const { big, ...rest } of entries) await journal.append({ ...rest, pad: "é".repeat(big) });
        if (isTorn) await appendFile(file, '{"v":1,"seq":99,"at":"x","type":"note","te');
        const whole = await all(journal.read());
        expect(whole.map((record) => record.type)).toEqual(entries.map((each) => each.type));
        expect(await all(journal.backwards())).toEqual(whole.toReversed());
        for (const wanted of new Set(["note", ...entries.map((each) => each.type)])) {
          const some = whole.filter((record) => record.type === wanted);
          expect(await all(journal.read(only(wanted)))).toEqual(some);
          expect(await all(journal.backwards(only(wanted)))).toEqual(some.toReversed());
        }
      }),
      { numRuns: 40 },
    );
  });

  it("are had past a damaged record of another type, and not past one of theirs, whose line is named", async () => {
    const { journal, file, lines } = await homeWith("a", "b", "a", "b");
    const [first = "", second = "", ...rest] = await lines();
    await writeFile(file, [first, second.slice(0, -5), ...rest].join("\n"));
    expect((await all(journal.read(only("a")))).map(({ seq }) => seq)).toEqual([1, 3]);
    expect((await all(journal.backwards(only("a")))).map(({ seq }) => seq)).toEqual([3, 1]);
    for (const reading of [
      journal.read(),
      journal.read(only("b")),
      journal.backwards(),
      journal.backwards(only("b")),
    ]) {
      await expect(all(reading)).rejects.toMatchObject({ code: "JOURNAL_INVALID", position: { file, line: 2 } });
    }
  });

  it("a line that does not begin as records do is never passed over", async () => {
    const { journal, file, lines } = await homeWith("a", "b", "b");
    const [first = "", , third = ""] = await lines();
    await writeFile(file, `${first}\n{"type":"b"}\n${third}\n`);
    await expect(all(journal.read(only("a")))).rejects.toMatchObject({
      code: "JOURNAL_INVALID",
      position: { line: 2 },
    });
    await expect(all(journal.backwards(only("a")))).rejects.toMatchObject({ position: { line: 2 } });
  });

  it("what an unfinished block left of the last line is left out, and one before it is damage", async () => {
    const { journal, file, lines } = await homeWith("a", "b", "b");
    const [first = "", second = "", third = ""] = await lines();
    const holed = (line: string) => `${line.slice(0, -20)}${"\0".repeat(20)}`;
    await writeFile(file, `${first}\n${second}\n${holed(third)}\n`);
    expect((await all(journal.backwards())).map(({ seq }) => seq)).toEqual([2, 1]);
    await writeFile(file, `${holed(first)}\n${second}\n${third}\n`);
    await expect(all(journal.backwards(only("a")))).rejects.toMatchObject({ code: "JOURNAL_INVALID" });
  });

  it("are read no further back than they are asked for", async () => {
    const { journal, file, lines } = await homeWith("a");
    const [line = ""] = await lines();
    await writeFile(file, `${"x\n".repeat(200_000)}${line}\n`);
    for await (const { seq } of journal.backwards()) {
      expect(seq).toBe(1);
      break;
    }
  });
});

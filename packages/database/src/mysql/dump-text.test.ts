import { array, assert, asyncProperty, nat, string } from "fast-check";
import { describe, expect, it } from "vitest";
import { bytesOf, chunks } from "../testing/bytes.ts";
import { complete, countEvents, replaced, withoutEvents } from "./dump-text.ts";

/** A text in pieces that begin and end anywhere. */
function pieces(text: string, cuts: readonly number[]): readonly string[] {
  const places = [...new Set(cuts.map((cut) => cut % (text.length + 1)))].toSorted((a, b) => a - b);
  return [0, ...places].map((from, index) => text.slice(from, places[index] ?? text.length));
}

const cuts = array(nat(5_000), { maxLength: 12 });
/** Without line breaks, as a dump writes data. */
const line = string({ unit: "grapheme-ascii", maxLength: 40 });

const event =
  "/*!50106 CREATE*/ /*!50117 DEFINER=`root`@`%`*/ /*!50106 EVENT `e` ON SCHEDULE EVERY 1 DAY DO SELECT 1 */ ;;";

describe("a dump without its events", () => {
  it("is the rest of it, wherever its chunks begin and end", async () => {
    await assert(
      asyncProperty(line, line, line, cuts, async (before, within, after, where) => {
        const events = `\n-- Dumping events for database 'shop'\n--\n${event}\n${within}\n`;
        const rest = `\n-- Dumping routines for database 'shop'\n${after}\n`;
        let script: string | undefined;
        const dump = chunks(...pieces(`${before}${events}${rest}`, where));
        expect(await bytesOf(withoutEvents(dump, (text) => (script = text)))).toBe(`${before}${rest}`);
        expect(script).toBe(events);
        expect(countEvents(events)).toBe(1);
      }),
    );
  });

  it("is the whole where there are none", async () => {
    await assert(
      asyncProperty(line, cuts, async (text, where) => {
        const none = () => expect.unreachable();
        expect(await bytesOf(withoutEvents(chunks(...pieces(text, where)), none))).toBe(text);
      }),
    );
  });
});

it("a text is replaced wherever it is", async () => {
  await assert(
    asyncProperty(array(line), cuts, async (lines, where) => {
      const text = lines.join("\nALTER DATABASE `a` ");
      const wanted = text.replaceAll("\nALTER DATABASE `a` ", "\nALTER DATABASE `b` ");
      const dump = chunks(...pieces(text, where));
      expect(await bytesOf(replaced(dump, "\nALTER DATABASE `a` ", "\nALTER DATABASE `b` "))).toBe(wanted);
    }),
  );
});

describe("the end of a dump", () => {
  const end = "INSERT INTO x;\n-- Dump completed on 2026-05-01 10:00:00\n";

  it("is in its text", async () => {
    await assert(
      asyncProperty(cuts, async (where) => {
        expect(await bytesOf(complete(chunks(...pieces(end, where))))).toBe(end);
      }),
    );
  });

  it.each(["", "INSERT INTO x;\n", end.slice(0, 20)])("is missed: %j", async (text) => {
    await expect(bytesOf(complete(chunks(text)))).rejects.toMatchObject({ code: "BACKUP_TRUNCATED" });
  });
});

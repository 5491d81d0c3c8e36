import { array, assert, asyncProperty, nat, string } from "fast-check";
import { describe, expect, it } from "vitest";
import { bytesOf, chunks } from "../testing/bytes.ts";
import { complete, countEvents, renamedDump, renamedText, withForeignViewsEmpty, withoutEvents } from "./dump-text.ts";

/** A text in pieces that begin and end anywhere. */
function pieces(text: string, cuts: readonly number[]): readonly string[] {
  const places = [...new Set(cuts.map((cut) => cut % (text.length + 1)))].toSorted((a, b) => a - b);
  return [0, ...places].map((from, index) => text.slice(from, places[index] ?? text.length));
}

const cuts = array(nat(5_000), { maxLength: 12 });
/** Without line breaks, as a dump writes data. */
const line = string({ unit: "grapheme-ascii", maxLength: 40 });

const event =
  "/*!50106 CREATE*/ /*!50117 DEFINER=`root`@`%`*/ /*!50106 EVENT `e` ON SCHEDULE EVERY 1 DAY STARTS '2026-01-01 00:00:00' ON COMPLETION NOT PRESERVE ENABLE DO SELECT 1 */ ;;";

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
        expect(countEvents(events)).toEqual({ all: 1, recurring: 1 });
      }),
    );
  });

  it("counts those that end by themselves apart", () => {
    const of = (schedule: string) => event.replace(/(?<=SCHEDULE ).* (?=ON COMPLETION)/, `${schedule} `);
    const script = [
      of("AT '2026-01-01 00:00:00'"),
      of("EVERY 1 DAY STARTS '2026-01-01 00:00:00' ENDS '2027-01-01 00:00:00'"),
      event.replace("`e`", "`ON SCHEDULE AT`").replace("`root`@`%`", "`it*s`@`%`"),
    ].join("\n");
    expect(countEvents(script)).toEqual({ all: 3, recurring: 1 });
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

/** As a dump makes a view for good. */
const viewOf = (name: string, body: string) =>
  `\n/*!50001 CREATE ALGORITHM=UNDEFINED */\n/*!50013 DEFINER=\`a\`@\`%\` SQL SECURITY DEFINER */\n/*!50001 VIEW \`${name}\` AS ${body} */;`;

describe("a dump for a database of another name", () => {
  it("changes that one, wherever its chunks begin and end", async () => {
    await assert(
      asyncProperty(array(line), cuts, async (lines, where) => {
        const text = (name: string) =>
          `${lines.join(`\nALTER DATABASE \`${name}\` `)}${viewOf("v", `select \`${name}\`.\`l\`.\`i\` AS \`i\` from \`l\``)}\n${lines.join("\n")}`;
        expect(await bytesOf(renamedDump(chunks(...pieces(text("a"), where)), "a", "b"))).toBe(text("b"));
        expect(renamedText(text("a"), "a", "b")).toBe(text("b"));
      }),
    );
  });

  it.each([
    ["a column of a table", "select `shop`.`l`.`id` AS `id` from `l`"],
    [
      "a table",
      "select `o`.`t`.`id` AS `id` from ((`o`.`t` join `shop`.`l` on(`shop`.`l`.`id` = 1)) join (`shop`.`l` `m`))",
    ],
    ["a function", "select `shop`.`f`(`l`.`v`) AS `b` from `l`"],
    ["a sequence", "select nextval(`shop`.`s`) AS `b` from `l`"],
  ])("changes the name of %s in a view", (_what, body) => {
    expect(renamedText(viewOf("v", body), "shop", "b`x")).toBe(viewOf("v", body.replaceAll("`shop`.", "`b``x`.")));
  });

  it.each([
    [
      "a table of the same name",
      "select `shop`.`id` AS `id`,trim(both 'x' from `shop`.`a`) AS `x` from `shop` order by `shop`.`id`",
    ],
    ["a column of the same name", "select `l`.`shop` AS `shop`,`o`.`shop`.`shop` AS `a` from (`l` join `o`.`shop`)"],
    ["a text", "select 'it\\'s `shop`.`l`.`id`' AS `c`,'a''`shop`.`l`.`id`' AS `d` from `l`"],
    ["a longer name", "select `my``shop`.`l`.`id` AS `id`,`shop2`.`l`.`id` AS `b` from `shop2`.`l`"],
  ])("leaves %s in a view", (_what, body) => {
    expect(renamedText(viewOf("v", body), "shop", "b")).toBe(viewOf("v", body));
  });

  it("changes nothing in rows", () => {
    const text = "\nINSERT INTO `l` VALUES\n(1,'/*!50001 VIEW `v` AS select `shop`.`l`.`id` */;');";
    expect(renamedText(text, "shop", "b")).toBe(text);
  });

  it.each([
    ["trigger shop.trg after insert on shop.l for", "trigger trg after insert on l for"],
    [
      "TRIGGER `shop` . `t.g`\n before  update\ton `shop`.`l``x`\nfor",
      "TRIGGER `t.g`\n before  update\ton `l``x`\nfor",
    ],
    ["trigger if not exists t before delete on l for", "trigger if not exists t before delete on l for"],
  ])("makes triggers where it is read in: %j", (head, wanted) => {
    const text = (made: string) =>
      `\n/*!50003 CREATE*/ /*!50017 DEFINER=\`r\`@\`%\`*/ /*!50003 ${made} each row insert into shop.l values (1) */;;\nDELIMITER ;`;
    expect(renamedText(text(head), "shop", "b")).toBe(text(wanted));
  });
});

describe("views that read other databases", () => {
  const placeHolder = "\n/*!50001 CREATE VIEW `v` AS SELECT\n NULL AS `id`,\n NULL AS `b*/;` */;\nrow";
  const emptied = async (body: string) => {
    const found: string[] = [];
    const dump = chunks(...pieces(`${placeHolder}${viewOf("v", body)}\nrest`, [3, 50, 90, 200]));
    return { text: await bytesOf(withForeignViewsEmpty(dump, "shop", (view) => found.push(view))), found };
  };

  it.each([
    "select `o`.`t`.`id` AS `id` from `o`.`t`",
    "select `o`.`f`(`l`.`id`) AS `id` from `l`",
    "select (select max(`o`.`t`.`id`) from (`o`.`t` `x` join `shop`.`l`)) AS `id` from `l`",
  ])("are named, and stay the place holders that they are at first: %s", async (body) => {
    const { text, found } = await emptied(body);
    expect(found).toEqual(["v"]);
    expect(text).toBe(`${placeHolder}${viewOf("v", "SELECT\n NULL AS `id`,\n NULL AS `b*/;`")}\nrest`);
  });

  it.each([
    "select `l`.`id` AS `id` from `l`",
    "select `shop`.`l`.`id` AS `id`,'`o`.`t`.`id`' AS `b` from (`shop`.`l` join `information_schema`.`tables`)",
  ])("are not those of its own: %s", async (body) => {
    const { text, found } = await emptied(body);
    expect(found).toEqual([]);
    expect(text).toBe(`${placeHolder}${viewOf("v", body)}\nrest`);
  });
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

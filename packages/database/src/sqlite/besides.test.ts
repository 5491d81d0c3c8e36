import { expect, it } from "vitest";
import { assertUndoable, readSetAside } from "./besides.ts";
import type { SqliteTool } from "./tool.ts";

const backup = "20260501T100000Z-abcd";
const call = { backup };

/** Of a volume with the database and files of these kinds beside it. */
function toolWith(kinds: readonly string[]): SqliteTool {
  const paths = [
    "/data/live.db",
    ...kinds.map((kind) => kind.replace(/\w+/, "/data/live.db__$&_20260501t100000z_abcd")),
  ];
  return { list: async (prefix: string) => paths.filter((path) => path.startsWith(prefix)) } as unknown as SqliteTool;
}

it.each([
  [[], []],
  [["old"], ["old"]],
  [["undone"], ["undone"]],
  // Cut off, or under way: whoever decides removes one of them.
  [["restore"], null],
  [["restore", "old.part"], null],
  [["restore", "old"], null],
  [["old", "undone.part"], null],
  [["old", "undone"], null],
])("of files of kinds %j an exchange has set aside %j", async (kinds, aside) => {
  expect(await readSetAside(toolWith(kinds), "/data/live.db", call)).toEqual(aside);
});

it("an undo after an earlier one that was whole, or was cut off, is refused with what tells the two apart", async () => {
  await expect(assertUndoable(toolWith(["old"]), "/data/live.db", call)).resolves.toBeUndefined();
  const [old, undone] = ["old", "undone"].map((kind) => `/data/live.db__${kind}_20260501t100000z_abcd`);
  await expect(assertUndoable(toolWith(["old", "undone"]), "/data/live.db", call)).rejects.toMatchObject({
    code: "RESTORE_FAILED",
    message: `${undone} is there already: an earlier undo of this backup's restore kept it, or was cut off`,
    hint: `sluice db restore ${backup} shows how /data/live.db differs from the backup before it asks. If /data/live.db is not of the backup, that undo took place: remove ${old}. If it is, make room once nobody needs it: remove ${undone}; then undo again`,
  });
});

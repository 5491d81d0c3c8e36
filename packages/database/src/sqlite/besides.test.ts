import { expect, it } from "vitest";
import { readSetAside } from "./besides.ts";
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

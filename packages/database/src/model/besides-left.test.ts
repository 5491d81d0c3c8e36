import { expect, it } from "vitest";
import { besideName } from "./beside-name.ts";
import { besidesLeft } from "./besides-left.ts";

const id = "20260501T100000Z-abcd";
const find = (database: string, names: readonly string[]) =>
  besidesLeft(database, names, (name) => `drop database "${name}"`);

it("what restores left beside a database is named, with what drops it; that of another database is not", () => {
  const [old, half] = [besideName("shop", "old", id), besideName("shop", "restore", id)];
  const others = ["shop", besideName("shop2", "old", id), "shop__old_notes", besideName("my_shop", "undone", id)];
  expect(find("shop", [...others, old, half])).toMatchObject({
    what: `restores left databases beside shop: ${old}, ${half}`,
    mend: `once nobody needs them: drop database "${old}"; drop database "${half}"`,
  });
  expect(find("shop", others)).toBeNull();
  const long = "s".repeat(63);
  expect(find(long, [besideName(long, "undone", id)])?.what).toContain("__undone_20260501t100000z_abcd");
});

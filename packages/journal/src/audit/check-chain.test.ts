import { expect, it } from "vitest";
import { checkChain, type Link } from "./check-chain.ts";

it("years of records are checked in one go", () => {
  // What grows with the square of their number would take minutes.
  const count = 200_000;
  const links = Array.from({ length: count }, (_, index): Link => {
    const previous = index === 0 ? "0".repeat(64) : `h${index}`;
    return { line: index + 1, record: { seq: index + 1, hash: `h${index + 1}`, previous }, intact: true };
  });
  expect(checkChain(links, { seq: count, hash: `h${count}` })).toEqual([]);
  const cut = links.toSpliced(100_000, 3);
  expect(checkChain(cut, { seq: count, hash: `h${count}` })).toEqual([
    {
      seq: 100_001,
      line: 100_004,
      kind: "removed",
      message: "3 records from 100001 on are missing before record 100004",
    },
  ]);
});

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseCorpus } from "./corpus.ts";

const read = async (name: string) =>
  parseCorpus(await readFile(join(import.meta.dirname, "../../corpus/rehearsal", name), "utf8"));

describe("the corpus", () => {
  it("is read by migration and transaction", () => {
    const text =
      "-- about\n-- migration: a\n-- expect: rows-lost\ndelete from x;\n-- migration: b\none;\n-- next\ntwo;\n";
    expect(parseCorpus(text)).toEqual([
      { name: "a", expect: "rows-lost", transactions: ["delete from x;"] },
      { name: "b", expect: null, transactions: ["one;", "two;"] },
    ]);
  });

  it("refuses what cannot be meant", () => {
    expect(() => parseCorpus("-- migration: a\n")).toThrow("no statements");
    expect(() => parseCorpus("-- migration: a\n1;\n-- migration: a\n2;")).toThrow("twice");
  });

  it("holds at least 30 dangerous migrations, each with its reason, and 20 harmless ones without", async () => {
    const [dangerous, harmless] = [await read("dangerous.sql"), await read("harmless.sql")];
    expect((await read("mariadb-dangerous.sql")).filter(({ expect: code }) => code === null)).toEqual([]);
    expect((await read("mariadb-harmless.sql")).filter(({ expect: code }) => code !== null)).toEqual([]);
    expect(dangerous.length).toBeGreaterThanOrEqual(30);
    expect(dangerous.filter(({ expect: code }) => code === null)).toEqual([]);
    expect(harmless.length).toBeGreaterThanOrEqual(20);
    expect(harmless.filter(({ expect: code }) => code !== null)).toEqual([]);
  });
});

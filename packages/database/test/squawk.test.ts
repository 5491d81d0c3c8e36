import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createSquawk } from "../src/index.ts";

let directory: string;
beforeAll(async () => void (directory = await mkdtemp(join(tmpdir(), "sluice-squawk-"))));
afterAll(async () => rm(directory, { recursive: true }));

const harmless = "begin;\nalter table orders add column note text;\ncommit;\n";
const dropping = "begin;\nalter table orders\n  drop column note;\ncommit;\n";

it("squawk as it comes says what it has against a migration", async () => {
  const lint = await createSquawk().lint([harmless, dropping], 15);
  expect(lint).toEqual({
    findings: [
      {
        rule: "ban-drop-column",
        message: expect.stringContaining("column"),
        help: null,
        statement: "drop column note;",
        times: 1,
      },
    ],
    notRead: null,
  });
});

it("what it does not understand hides nothing else", async () => {
  const lint = await createSquawk().lint([dropping, "begin;\nno such thing;\ncommit;\n"], 15);
  expect(lint.findings.map(({ rule }) => rule)).toEqual(["ban-drop-column"]);
  expect(lint.notRead).toBe("1 of 2 transactions: it does not understand the SQL");
});

it("a project's own rules are the rules", async () => {
  const config = join(directory, ".squawk.toml");
  await writeFile(config, 'excluded_rules = ["require-lock-timeout", "require-statement-timeout"]\n');
  const sql = ["begin;\nalter table orders add column state int;\ncommit;\n"];
  const rules = async (options?: object) =>
    (await createSquawk(options).lint(sql, 15)).findings.map(({ rule }) => rule);
  expect(await rules()).toEqual([]);
  expect(await rules({ config })).toEqual(["prefer-bigint-over-int"]);
});

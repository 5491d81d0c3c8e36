import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { aBundle, anAttempt } from "../test/an-attempt.ts";

it("the README's example works as it stands", async () => {
  const readme = await readFile(join(import.meta.dirname, "..", "README.md"), "utf8");
  const [, code = ""] = /```ts\n([\s\S]*?)```/.exec(readme) ?? [];
  const body = code.replace('"@sluice/report"', JSON.stringify(join(import.meta.dirname, "index.ts")));
  const [imports, ...statements] = body.split("\n\n");
  const program = join(import.meta.dirname, `.readme-${process.pid}.ts`);
  onTestFinished(() => rm(program));
  await writeFile(
    program,
    `${imports}\nexport function example({ attempt, bundle, redact }: any) {\n${statements.join("\n")}\nreturn { page, summary };\n}\n`,
  );
  const { example } = (await import(program)) as { example: (given: object) => { page: string; summary: string } };
  const given = { attempt: anAttempt({ text: "t" }), bundle: aBundle("t"), redact: (text: string) => text };
  const { page, summary } = example(given);
  expect(page).toMatch(/^<!doctype html>/);
  expect(summary).toContain("## shop: deploy v2 t, rolled-back");
});

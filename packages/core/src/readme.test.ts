import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";

it("the README's example gives the plan that stands below it", async () => {
  const readme = await readFile(join(import.meta.dirname, "..", "README.md"), "utf8");
  const code = /```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? "";
  const expected = /```text\n([\s\S]*?)\n```/.exec(readme)?.[1];
  const program = join(await mkdtemp(join(tmpdir(), "core-readme-")), "example.ts");
  const source = (path: string) => JSON.stringify(join(import.meta.dirname, path));
  await writeFile(
    program,
    code.replace('"@sluice/core/testing"', source("testing/index.ts")).replace('"@sluice/core"', source("index.ts")),
  );
  const { text } = (await import(program)) as { text: string };
  expect(text).toBe(expected);
});

import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";

it("the README's example works as it stands, and gives the files that its table describes", async () => {
  const readme = await readFile(join(import.meta.dirname, "..", "README.md"), "utf8");
  const [, code = ""] = /```ts\n([\s\S]*?)```/.exec(readme) ?? [];
  const body = code.replace('"@sluice/workflows"', JSON.stringify(join(import.meta.dirname, "index.ts")));
  const [imports, ...statements] = body.split("\n\n");
  const program = join(import.meta.dirname, `.readme-${process.pid}.ts`);
  onTestFinished(() => rm(program));
  await writeFile(program, `${imports}\nexport function example() {\n${statements.join("\n")}\n}\n`);
  const { example } = (await import(program)) as { example: () => readonly string[] };
  const paths = example();
  expect(paths).toHaveLength(4);
  for (const path of paths) expect(readme).toContain(`\`${path.replace(".github/workflows/", "")}\``);
});

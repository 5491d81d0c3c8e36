import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";

it("the README's example does what it says", async () => {
  const readme = await readFile(join(import.meta.dirname, "..", "README.md"), "utf8");
  const code = /```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? "";
  const program = join(await mkdtemp(join(tmpdir(), "testing-readme-")), "example.ts");
  await writeFile(program, code.replace('"@sluice/testing"', JSON.stringify(join(import.meta.dirname, "index.ts"))));
  const { before, killed } = (await import(program)) as { before: unknown; killed: string };
  expect(before).toEqual({ web: { plain: 100 } });
  expect(killed).toContain("the deployer was killed");
});

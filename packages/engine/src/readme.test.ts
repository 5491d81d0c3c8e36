import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";

it("the README's example makes a release live", async () => {
  const readme = await readFile(join(import.meta.dirname, "..", "README.md"), "utf8");
  const code = /```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? "";
  const program = join(await mkdtemp(join(tmpdir(), "engine-readme-")), "example.ts");
  const packages = join(import.meta.dirname, "..", "..");
  const sources = code.replaceAll(/"@sluice\/(\w+)"/g, (_, name: string) =>
    JSON.stringify(join(packages, name, "src", "index.ts")),
  );
  await writeFile(program, sources);
  const { result } = (await import(program)) as { result: unknown };
  expect(result).toMatchObject({ outcome: "live", exitCode: 0, serving: { tag: "v1", slot: "blue", share: 100 } });
});

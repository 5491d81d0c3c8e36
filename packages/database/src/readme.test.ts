import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { createFakeDatabase } from "./testing/fake-database.ts";

it("the README's example works as it stands", async () => {
  const readme = await readFile(join(import.meta.dirname, "..", "README.md"), "utf8");
  const [, code = ""] = /```ts\n([\s\S]*?)```/.exec(readme) ?? [];
  const [imports, ...statements] = code
    .replace('"@sluice/database"', JSON.stringify(join(import.meta.dirname, "index.ts")))
    .split("\n\n");
  const directory = await mkdtemp(join(tmpdir(), "sluice-readme-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  const printed: string[] = [];
  const given = {
    driver: createFakeDatabase(),
    directory: join(directory, "backups"),
    clock: { now: () => new Date("2026-05-01T10:00:00Z"), monotonicMs: () => 0, sleep: async () => {} },
    randomId: () => "abcd",
    image: "sha256:1",
    print: (line: string) => printed.push(line),
  };
  const program = join(directory, "example.ts");
  const names = Object.keys(given).join(", ");
  await writeFile(
    program,
    `${imports}\nexport async function example({ ${names} }: any) {\n${statements.join("\n")}\n}\n`,
  );
  const { example } = (await import(program)) as { example: (values: typeof given) => Promise<void> };
  await example(given);
  expect(printed).toEqual(["written, then compared", "kept: the newest that was proven by a restore"]);
});

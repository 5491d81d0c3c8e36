import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { systemClock } from "@sluice/core/node";
import { expect, it } from "vitest";
import { temporaryDirectory } from "../test/temporary-home.ts";

it("the README's example works as it stands", async () => {
  const readme = await readFile(join(import.meta.dirname, "..", "README.md"), "utf8");
  const [, code = ""] = /```ts\n([\s\S]*?)```/.exec(readme) ?? [];
  const directory = await temporaryDirectory();
  const program = join(directory, "example.ts");
  const body = code.replace(/from "@sluice\/journal"/, `from ${JSON.stringify(join(import.meta.dirname, "index.ts"))}`);
  const [imports, ...statements] = body.split("\n\n");
  await writeFile(
    program,
    `${imports}\nexport async function example(directory: string, clock: any) {\n${statements.join("\n\n")}\nreturn { newest, audit };\n}\n`,
  );
  const { example } = (await import(program)) as { example: (...args: unknown[]) => Promise<unknown> };
  expect(await example(join(directory, "home"), systemClock)).toMatchObject({
    newest: { seq: 2, type: "deployment-end", outcome: "live" },
    audit: { ok: true, records: 2, problems: [] },
  });
});

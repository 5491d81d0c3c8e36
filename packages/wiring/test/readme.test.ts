import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

let directory = "";
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "sluice-wiring-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

test("the README's example works as it stands", async () => {
  await writeFile(
    join(directory, "compose.yaml"),
    "services:\n  web: { image: app, ports: ['8080:8080'] }\n  db: { image: 'postgres:17', volumes: ['data:/var/lib/postgresql/data'] }\nvolumes: { data: {} }\n",
  );
  const readme = await readFile(join(import.meta.dirname, "..", "README.md"), "utf8");
  const [, code = ""] = /```ts\n([\s\S]*?)```/.exec(readme) ?? [];
  const [imports, ...statements] = code
    .replace('"@sluice/wiring"', JSON.stringify(join(import.meta.dirname, "..", "src", "index.ts")))
    .split("\n\n");
  const program = join(import.meta.dirname, `.readme-${process.pid}.ts`);
  const given = "{ directory, env, stateHome, onEvent, print }: any";
  await writeFile(program, `${imports}\nexport async function example(${given}) {\n${statements.join("\n")}\n}\n`);
  try {
    const { example } = (await import(program)) as { example: (given: object) => Promise<void> };
    const printed: string[] = [];
    const print = (line: string) => printed.push(line);
    await example({ directory, env: process.env, stateHome: join(directory, "home"), onEvent: () => {}, print });
    expect(printed.join("\n")).toMatch(/^web: web \(/m);
    expect(printed.join("\n")).toMatch(/^db: data \(/m);
  } finally {
    await rm(program);
  }
});

import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defaultConfig } from "@sluice/core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { idleContainer } from "./support/busybox.ts";
import { readRouting } from "./support/door.ts";
import { clock, uniqueStack } from "./support/engine.ts";

const stack = uniqueStack("readme");
let directory = "";
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "compose-readme-"));
});
afterAll(async () => {
  await stack.remove();
  await rm(directory, { recursive: true });
});

it("the runtime's example in the README works as it stands", async () => {
  const readme = await readFile(join(import.meta.dirname, "..", "README.md"), "utf8");
  const examples = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code ?? "");
  const code = examples.find((text) => text.includes("createComposeRuntime")) ?? "";
  const index = JSON.stringify(join(import.meta.dirname, "..", "src", "index.ts"));
  const [imports, ...statements] = code.replace('"@sluice/compose"', index).split("\n\n");
  const program = join(directory, "example.ts");
  const body = `let size = 0;\n${statements.join("\n\n")}\nreturn { size, exitCode };`;
  const given = "{ env, clock, config, readRouting, container }: any";
  await writeFile(program, `${imports}\nexport async function example(${given}) {\n${body}\n}\n`);
  const { example } = (await import(program)) as { example: (values: object) => Promise<object> };
  const container = await idleContainer(`${stack.name}-box`, "--hostname", "twelve-chars");
  const config = async () => defaultConfig();
  expect(await example({ env: process.env, clock, config, readRouting, container })).toEqual({ size: 13, exitCode: 0 });
});

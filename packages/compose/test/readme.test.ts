import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cliEnvironment } from "./corpus-stacks.ts";

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "compose-readme-"));
});
afterAll(() => rm(directory, { recursive: true }));

test("the README's example works as it stands", async () => {
  const readme = await readFile(join(import.meta.dirname, "..", "README.md"), "utf8");
  const [, code = ""] = /```ts\n([\s\S]*?)```/.exec(readme) ?? [];
  const body = code.replace('"@sluice/compose"', JSON.stringify(join(import.meta.dirname, "..", "src", "index.ts")));
  const [imports, ...statements] = body.split("\n\n");
  const program = join(directory, "example.ts");
  await writeFile(
    program,
    `${imports}\nexport async function example({ env, directory, print }: any) {\n${statements.join("\n\n")}\n}\n`,
  );
  const checkout = join(directory, "shop");
  await mkdir(checkout);
  await writeFile(join(checkout, "shop.conf"), "");
  await writeFile(
    join(checkout, "compose.yaml"),
    'services:\n  web:\n    image: shop\n    ports: ["8080:80"]\n    volumes: ["./shop.conf:/etc/shop.conf:ro"]\n  db:\n    image: postgres\n',
  );
  const { example } = (await import(program)) as { example: (given: object) => Promise<void> };
  const lines: string[] = [];
  await example({ env: cliEnvironment, directory: checkout, print: (line: string) => lines.push(line) });
  expect(lines).toEqual([
    "db: data, recreate (image postgres keeps data)",
    "web: web, slots (it publishes port 80)",
    "warn: web has no health check in the compose file: it counts as ready when its port answers; add a healthcheck, or set services.web.health.path in sluice.yaml",
    `a release keeps a copy of ${join(checkout, "shop.conf")}`,
  ]);
});

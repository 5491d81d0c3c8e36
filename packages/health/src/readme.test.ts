import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { aContainer, aContainerCheck } from "../test/checks.ts";
import { createFakeClock } from "../test/fake-clock.ts";
import { createLocalExec } from "../test/local-exec.ts";
import { settings } from "../test/simulate.ts";

it("the README's example works as it stands", async () => {
  const readme = await readFile(join(import.meta.dirname, "..", "README.md"), "utf8");
  const [, code = ""] = /```ts\n([\s\S]*?)```/.exec(readme) ?? [];
  const body = code.replace('"@sluice/health"', JSON.stringify(join(import.meta.dirname, "index.ts")));
  const [imports, ...statements] = body.split("\n\n");
  const window = { requests: 100, errors: 0, http4xx: 0, latenciesMs: [], clients: 0, clientsWithErrors: 0 };
  const given = {
    exec: createLocalExec(),
    clock: createFakeClock(),
    inspect: () => Promise.resolve(aContainer()),
    checks: [aContainerCheck()],
    previewSecret: "secret",
    candidate: window,
    previous: window,
    settings,
  };
  const directory = await mkdtemp(join(tmpdir(), "sluice-health-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  const program = join(directory, "example.ts");
  const names = Object.keys(given).join(", ");
  await writeFile(
    program,
    `${imports}\nexport async function example({ ${names} }: any) {\n${statements.join("\n\n")}\n}\n`,
  );
  const { example } = (await import(program)) as { example: (values: typeof given) => Promise<readonly string[]> };
  expect(await example(given)).toEqual([
    "web runs: pass, 1 running (running, not unhealthy, not restarted)",
    "errors: pass, 0 % errors (<= 1 % (previous 0 %, n=100))",
    "latency: no-data, no requests (p95 <= 1.5 x previous)",
  ]);
});

import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock as clock } from "@sluice/core/node";
import { expect, test } from "vitest";
import { composeModel } from "./compose-model.ts";
import { createEngine } from "./engine.ts";

/** What `composeModel` comes to with a Compose that is this script. */
async function runAs(script: string, env: Readonly<Record<string, string>> = {}): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "sluice-compose-model-"));
  try {
    const path = join(directory, "docker");
    await writeFile(path, `#!/bin/sh\n${script}\n`);
    await chmod(path, 0o755);
    const engine = createEngine({ env: { PATH: `${directory}:/bin`, ...env }, clock });
    const options = { failed: "web cannot be built", code: "BUILD_FAILED" } as const;
    return await composeModel(engine, { name: "shop", services: {} }, ["up"], options);
  } finally {
    await rm(directory, { recursive: true });
  }
}

test("Compose takes nothing for an orphan, whatever the environment says", async () => {
  const script = "echo $COMPOSE_IGNORE_ORPHANS-$COMPOSE_REMOVE_ORPHANS";
  expect(await runAs(script, { COMPOSE_REMOVE_ORPHANS: "1" })).toBe("1-\n");
});

test.each([
  ["Cannot connect to the Docker daemon at unix:///run/x.sock. Is the docker daemon running?", "ENGINE_UNREACHABLE"],
  ["failed to connect to the docker API at unix:///run/x.sock", "ENGINE_UNREACHABLE"],
  ["unable to get image: error during connect: Get http://x: EOF", "ENGINE_UNREACHABLE"],
  ['failed to solve: process "sh -c echo no: cannot connect to the Docker daemon" did not complete', "BUILD_FAILED"],
])("%s: %s", async (said, code) => {
  await expect(runAs(`echo '${said}' >&2; exit 1`)).rejects.toMatchObject({
    code,
    message: expect.stringContaining(said),
    detail: said,
  });
});

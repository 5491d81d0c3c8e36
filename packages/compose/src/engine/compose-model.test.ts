import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock as clock } from "@sluice/core/node";
import { expect, test } from "vitest";
import { composeModel } from "./compose-model.ts";
import { createEngine } from "./engine.ts";

test("Compose takes nothing for an orphan, whatever the environment says", async () => {
  const directory = await mkdtemp(join(tmpdir(), "sluice-compose-model-"));
  try {
    const script = join(directory, "docker");
    await writeFile(script, "#!/bin/sh\necho $COMPOSE_IGNORE_ORPHANS-$COMPOSE_REMOVE_ORPHANS\n");
    await chmod(script, 0o755);
    const engine = createEngine({ env: { PATH: `${directory}:/bin`, COMPOSE_REMOVE_ORPHANS: "1" }, clock });
    const said = await composeModel(engine, { name: "shop", services: {} }, ["up"], { failed: "it failed" });
    expect(said).toBe("1-\n");
  } finally {
    await rm(directory, { recursive: true });
  }
});

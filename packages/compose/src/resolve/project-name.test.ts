import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { writtenProjectName } from "./project-name.ts";

it.each([
  ["name: shop\n", "A=1\n", "shop"],
  ["name: shop\n", "COMPOSE_PROJECT_NAME='store' # ours\n", "store"],
  ["name: shop\n", "COMPOSE_PROJECT_NAME=\n", "shop"],
  ["name: ${STACK:-shop}\n", "", null],
  ["services: {}\n", "COMPOSE_PROJECT_NAME=$STACK\n", null],
  ["services: {}\n", "", null],
])("the name that is written in %j and %j is %j", async (text, env, name) => {
  const directory = await mkdtemp(join(tmpdir(), "sluice-name-"));
  try {
    const [compose, dotEnv] = [join(directory, "compose.yaml"), join(directory, ".env")];
    await writeFile(compose, text);
    await writeFile(dotEnv, env);
    const files = [compose, join(directory, "gone.yaml")];
    expect(await writtenProjectName({ files, envFiles: [dotEnv, join(directory, "gone.env")] })).toBe(name);
  } finally {
    await rm(directory, { recursive: true });
  }
});

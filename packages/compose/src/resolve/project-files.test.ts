import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findProjectFiles } from "./project-files.ts";

let directory = "";
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "sluice-project-files-"));
  await writeFile(join(directory, "compose.yaml"), "");
  await writeFile(join(directory, "prod.env"), "COMPOSE_FILE=prod.yaml\n");
});
afterAll(() => rm(directory, { recursive: true }));

describe("COMPOSE_ENV_FILES", () => {
  const env = { COMPOSE_ENV_FILES: "prod.env,,more/second.env" };

  it("replaces .env, and may name the compose files", async () => {
    expect(await findProjectFiles({ directory }, env)).toEqual({
      directory,
      files: [join(directory, "prod.yaml")],
      envFiles: [join(directory, "prod.env"), join(directory, "more/second.env")],
    });
  });

  it("gives way to --env-file, and is nothing where it is empty", async () => {
    const { files, envFiles } = await findProjectFiles({ directory, envFiles: ["own.env"] }, env);
    expect({ files, envFiles }).toEqual({
      files: [join(directory, "compose.yaml")],
      envFiles: [join(directory, "own.env")],
    });
    const plain = await findProjectFiles({ directory }, { COMPOSE_ENV_FILES: "" });
    expect(plain.envFiles).toEqual([join(directory, ".env")]);
  });
});

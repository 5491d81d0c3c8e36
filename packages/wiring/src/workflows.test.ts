import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createDeployer } from "./create-deployer.ts";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "sluice-workflows-"));
});
afterEach(() => rm(directory, { recursive: true }));

const read = async (files?: readonly string[]) => {
  await using deployer = createDeployer({ directory, files, env: {}, actor: "ada" });
  return await deployer.workflows();
};

describe("the workflows of a checkout", () => {
  it("need no variable of production, and no file for development", async () => {
    await writeFile(join(directory, "compose.yml"), "services:\n  web:\n    image: 'web:${VERSION:?}'\n");
    await writeFile(join(directory, "compose.override.yml"), "services:\n  web:\n    build: '${SOURCES:?}'\n");
    const { files, byHand } = await read();
    expect(files.map(({ path }) => path)).toEqual([
      ".github/workflows/deploy-production.yml",
      ".github/workflows/rollback-production.yml",
      ".github/workflows/verify-production.yml",
    ]);
    expect(files[0]?.text).toContain("      COMPOSE_FILE: compose.yml\n      STACK_NAME: ");
    expect(files[0]?.text).toContain("      VERSION: ${{ secrets.VERSION }}\n");
    expect(files[0]?.text).not.toContain("SOURCES");
    expect(byHand).toEqual([]);
  });

  it("back a database up, and say which workflow deploys past Sluice", async () => {
    await writeFile(join(directory, "base.yml"), "services:\n  db:\n    image: postgres:16\n");
    await mkdir(join(directory, ".github/workflows"), { recursive: true });
    const steps = "steps: [{ run: docker compose -f base.yml up -d }]";
    await writeFile(join(directory, ".github/workflows/ship.yml"), `jobs: { a: { ${steps} } }\n`);
    const { files, byHand } = await read([join(directory, "base.yml")]);
    expect(files.map(({ path }) => path)).toContain(".github/workflows/backup-production.yml");
    expect(byHand).toEqual([".github/workflows/ship.yml"]);
  });
});

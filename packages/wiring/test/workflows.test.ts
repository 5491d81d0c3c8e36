import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createDeployer } from "../src/index.ts";

const template = join(import.meta.dirname, "../../compose/test/corpus/fastapi__full-stack-fastapi-template");
const byHand = `on: workflow_dispatch
jobs:
  deploy:
    runs-on: [self-hosted, production]
    steps:
      - run: docker compose -f compose.yml -f compose.deploy.yml run --rm backend bash scripts/prestart.sh
      - run: docker compose -f compose.yml -f compose.deploy.yml up -d
`;

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "sluice-workflows-"));
});
afterEach(() => rm(directory, { recursive: true }));

it("a migration that was a step becomes a job that Compose and Sluice understand", async () => {
  await cp(template, directory, { recursive: true });
  await mkdir(join(directory, ".github/workflows"), { recursive: true });
  await writeFile(join(directory, ".github/workflows/deploy.yml"), byHand);
  await using before = createDeployer({ directory, env: {}, actor: "ada" });
  const { files } = await before.workflows();
  for (const { path, text } of files) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), text);
  }
  const [deploy] = files;
  const [, composeFile = ""] = /COMPOSE_FILE: (.*)$/m.exec(deploy?.text ?? "") ?? [];
  expect(composeFile).toBe("compose.yml:compose.deploy.yml:compose.sluice.yml");
  const names = [...(deploy?.text ?? "").matchAll(/^ +(\w+): \$\{\{ secrets\./gm)].map(([, name = ""]) => name);
  // Every variable that production needs is in the workflow: with all of them set, nothing is missing.
  const secrets = Object.fromEntries(names.map((name) => [name, "a-value.example"]));
  const env = { PATH: process.env["PATH"], HOME: directory, COMPOSE_FILE: composeFile, ...secrets };
  await using after = createDeployer({ directory, env, stack: "shop", actor: "ada" });
  const { services, findings } = await after.inspect();
  expect(Object.fromEntries(services.map(({ name, role }) => [name, role]))).toMatchObject({
    prestart: "job",
    backend: "web",
    proxy: "edge",
    db: "data",
  });
  expect(findings.filter(({ code }) => code === "variable-not-set")).toEqual([]);
});

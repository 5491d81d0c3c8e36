import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createComposeResolver, environmentFingerprint } from "@sluice/compose";
import { defaultConfig } from "@sluice/core";
import { afterEach, beforeEach, expect, it } from "vitest";
import { keysOfRun } from "../src/doctor/keys-of-run.ts";

const compose = `services:
  web:
    image: "web:\${TAG:?}"
    env_file: web.env
    environment: { VERSION: "\${TAG}", LOG_LEVEL: "\${LOG_LEVEL}", API_KEY: }
`;
const deploy = `on: release
jobs:
  deploy:
    runs-on: [self-hosted, production]
    env:
      TAG: \${{ github.event.release.tag_name }}
      API_KEY: \${{ secrets.API_KEY }}
      LOG_LEVEL: info
    steps: [{ run: exec sluice deploy }]
`;

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "sluice-keys-of-run-"));
  await mkdir(join(directory, ".github/workflows"), { recursive: true });
  await writeFile(join(directory, "compose.yaml"), compose);
  await writeFile(join(directory, "web.env"), "BANNER=of $TAG\nMODE=fast\n");
  await writeFile(join(directory, ".github/workflows/deploy-production.yml"), deploy);
});
afterEach(() => rm(directory, { recursive: true }));

const { signal } = new AbortController();

async function found(more: Readonly<Record<string, string>>) {
  const { PATH = "", HOME = "" } = process.env;
  const env = { PATH, HOME, TAG: "main", LOG_LEVEL: "info", API_KEY: "", ...more };
  const { model } = await createComposeResolver({ env }).resolve({ stack: "shop", directory });
  const session = { options: { directory, env, stack: "shop", actor: "ada" }, config: async () => defaultConfig() };
  const here = environmentFingerprint(model, "key");
  return [...(await keysOfRun(session, { here, hashKey: "key" }, signal))].toSorted();
}

it("variables of services that come of the tag of a release, or of a secret that is not there, are those of its run", async () => {
  expect(await found({ GITHUB_ACTIONS: "true" })).toEqual(["web.API_KEY", "web.BANNER", "web.VERSION"]);
  expect(await found({ GITHUB_ACTIONS: "true", API_KEY: "sk" })).toEqual(["web.BANNER", "web.VERSION"]);
});

it.each([
  ["by hand", {}],
  [
    "where a release is deployed",
    { GITHUB_ACTIONS: "true", GITHUB_EVENT_NAME: "release", GITHUB_EVENT_PATH: "/e.json" },
  ],
])("%s none is left out", async (_, env) => {
  expect(await found(env)).toEqual([]);
});

it("where they make the files invalid all are", async () => {
  const port = `${compose}    ports: ["\${TAG}:80"]\n`;
  await writeFile(join(directory, "compose.yaml"), port);
  const all = ["web.API_KEY", "web.BANNER", "web.LOG_LEVEL", "web.MODE", "web.VERSION"];
  expect(await found({ GITHUB_ACTIONS: "true", TAG: "50000" })).toEqual(all);
});

import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { parseConfig } from "@sluice/core";
import { systemClock } from "@sluice/core/node";
import { examine } from "@sluice/engine";

import { expect, it } from "vitest";
import type { Session } from "../session.ts";
import { machineExaminers } from "./machine-examiners.ts";

it("a file that git does not have is found where the workflow deploys from a checkout without it", async () => {
  const directory = await mkdtemp(join(tmpdir(), "sluice-settings-"));
  const write = (path: string, text: string) => writeFile(join(directory, path), text);
  const workflow = (steps: string) =>
    write(
      ".github/workflows/deploy-production.yml",
      `on: release\njobs: { ship: { runs-on: prod, steps: [${steps}] } }\n`,
    );
  const session = { options: { directory, env: {} }, config: async () => parseConfig("", "sluice.yaml") };
  const found = async () => {
    const examiners = machineExaminers(session as unknown as Session).filter(({ name }) => name === "settings");
    const { diagnoses } = await examine(examiners, systemClock);
    return diagnoses.filter(({ code }) => code !== "job-too-short");
  };
  try {
    await promisify(execFile)("git", ["init", "-q"], { cwd: directory });
    await mkdir(join(directory, ".github/workflows"), { recursive: true });
    await write("compose.yml", "services: { web: { image: web, env_file: app.env } }\n");
    await write("app.env", "KEY=canary\n");
    expect(await found()).toEqual([]);
    const [checkout, deploy] = ["{ uses: actions/checkout@v4 }", "{ run: exec sluice deploy }"];
    await workflow(`${checkout}, ${deploy}`);
    expect(await found()).toMatchObject([
      {
        severity: "warn",
        code: "file-not-in-git",
        what: ".github/workflows/deploy-production.yml: job ship deploys without app.env, an env_file of web: it is not in git, and no step writes it",
      },
    ]);
    await workflow(`${checkout}, { run: 'echo "$KEY" > app.env' }, ${deploy}`);
    expect(await found()).toEqual([]);
    // Nor of what is not known, or does not run there.
    await workflow(`${checkout}, { run: exec sluice deploy, env: { FILE: '\${{ vars.FILE }}' } }`);
    await write(".env", "FILE=./app.env\nDIRECTORY=.\nCOMPOSE_PROFILES=debug\n");
    await write(".gitignore", ".env\n");
    const web = "web: { image: web, env_file: '${FILE:-app.env}', volumes: [] }";
    const own = "own: { image: own, env_file: '${DIRECTORY:-/srv}/app.env' }";
    const debug = "debug: { image: debug, profiles: [debug], env_file: app.env }";
    await write("compose.yml", `services: { ${web}, ${own}, ${debug} }\n`);
    expect(await found()).toEqual([]);
    await write("compose.yml", "services: { web: { image: web, env_file: app.env } }\n");
    // Nothing of this is said where nothing can be told of the project.
    await workflow(`${checkout}, ${deploy}`);
    await rm(join(directory, "compose.yml"));
    expect(await found()).toEqual([]);
  } finally {
    await rm(directory, { recursive: true });
  }
});

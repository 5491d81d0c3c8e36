import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createDeployer } from "./create-deployer.ts";
import type { DeployerOptions } from "./deployer.ts";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "sluice-workflows-"));
});
afterEach(() => rm(directory, { recursive: true }));

const readWith = async (options: Partial<DeployerOptions>) => {
  await using deployer = createDeployer({ directory, env: {}, actor: "ada", ...options });
  return await deployer.workflows();
};
const read = (files?: readonly string[], environment?: string) => readWith({ files, environment });

describe("the workflows of a checkout", () => {
  it("need no variable of production, and no file for development", async () => {
    await writeFile(join(directory, "compose.yml"), "services:\n  web:\n    image: 'web:${VERSION:?}'\n");
    await writeFile(join(directory, "compose.override.yml"), "services:\n  web:\n    build: '${SOURCES:?}'\n");
    const { files, byHand, altered, settings } = await read();
    expect(files.map(({ path }) => path)).toEqual([
      ".github/workflows/deploy-production.yml",
      ".github/workflows/rollback-production.yml",
      ".github/workflows/verify-production.yml",
    ]);
    expect(files[0]?.text).toContain("      COMPOSE_FILE: compose.yml\n      STACK_NAME: ");
    expect(files[0]?.text).toContain("      VERSION: ${{ secrets.VERSION }}\n");
    expect(files[0]?.text).not.toContain("SOURCES");
    expect(files[0]?.text).not.toContain("SLUICE_ENVIRONMENT");
    expect([byHand, altered]).toEqual([[], []]);
    expect(settings).toEqual([
      { name: "STACK_NAME", value: "${{ secrets.STACK_NAME_PRODUCTION }}" },
      { name: "COMPOSE_FILE", value: "compose.yml" },
      { name: "VERSION", value: "${{ secrets.VERSION }}" },
    ]);
  });

  it("say the name of the stack where it is written, but not for an environment beside production", async () => {
    await writeFile(join(directory, "compose.yml"), "services: { web: { image: web } }\n");
    await writeFile(join(directory, "sluice.yaml"), "environments: { staging: }\n");
    expect((await read()).stack).toBeNull();
    await writeFile(join(directory, "compose.yml"), "name: shop\nservices: { web: { image: web } }\n");
    expect((await read()).stack).toBe("shop");
    expect((await read(undefined, "staging")).stack).toBeNull();
    await using named = createDeployer({ directory, stack: "store", environment: "staging", env: {}, actor: "ada" });
    expect((await named.workflows()).stack).toBe("store");
  });

  it("say which file for development is left out, until a list that was written by hand has it", async () => {
    await writeFile(join(directory, "compose.yaml"), "services:\n  web:\n    image: web\n");
    expect((await read()).leftOut).toBeNull();
    await writeFile(join(directory, "compose.override.yaml"), "services:\n  web:\n    build: .\n");
    const first = await read();
    const whole = "compose.yaml:compose.override.yaml";
    expect(first.leftOut).toEqual({ files: ["compose.override.yaml"], composeFile: whole });
    await mkdir(join(directory, ".github/workflows"), { recursive: true });
    const [deploy] = first.files;
    const write = (text = "") => writeFile(join(directory, deploy?.path ?? ""), text);
    await write(deploy?.text);
    expect((await read()).leftOut).toEqual(first.leftOut);
    await write(deploy?.text.replace("COMPOSE_FILE: compose.yaml\n", `COMPOSE_FILE: ${whole}\n`));
    const again = await read();
    expect(again.leftOut).toBeNull();
    for (const { text } of again.files) expect(text).toContain(`      COMPOSE_FILE: ${whole}\n`);
    await write("on: push\njobs: { a: { runs-on: prod, steps: [{ run: docker compose -f compose.yaml up -d }] } }\n");
    expect((await read()).leftOut).toBeNull();
  });

  it("take from `.env` only what a checkout on the runner has as well", async () => {
    const git = (...args: readonly string[]) => promisify(execFile)("git", args, { cwd: directory });
    await writeFile(join(directory, "compose.yml"), "services:\n  web:\n    image: 'web:${VERSION:?}'\n");
    await writeFile(join(directory, ".env"), "VERSION=3\n");
    const deploys = async () => (await read()).files[0]?.text;
    const asked = "      VERSION: ${{ secrets.VERSION }}\n";
    expect(await deploys()).not.toContain(asked);
    await git("init", "-q");
    await writeFile(join(directory, ".gitignore"), ".env\n");
    expect(await deploys()).toContain(asked);
    await git("add", "--force", ".env");
    expect(await deploys()).not.toContain(asked);
  });

  it("set the profiles that are active here, where a checkout on the runner does not say them", async () => {
    const git = (...args: readonly string[]) => promisify(execFile)("git", args, { cwd: directory });
    const set = async (options: Partial<DeployerOptions> = {}) =>
      (await readWith(options)).files.map(({ text }) => /^ +COMPOSE_PROFILES: "?(.*?)"?$/m.exec(text)?.[1]);
    const inAll = (value: string | undefined) => [value, value, value];
    await writeFile(
      join(directory, "compose.yml"),
      "services: { web: { image: web, profiles: [prod, mail, demo, of-file] } }\n",
    );
    await git("init", "-q");
    await writeFile(join(directory, ".gitignore"), ".env\n");
    expect(await set()).toEqual(inAll(undefined));
    await writeFile(join(directory, ".env"), "COMPOSE_PROFILES=prod, mail\n");
    expect(await set()).toEqual(inAll("prod,mail"));
    // As to Compose: options before the shell, and that before what is written.
    expect(await set({ env: { COMPOSE_PROFILES: "*" } })).toEqual(inAll("*"));
    expect(await set({ env: { COMPOSE_PROFILES: "" } })).toEqual(inAll(undefined));
    expect(await set({ env: { COMPOSE_PROFILES: "prod" }, profiles: ["demo", "mail"] })).toEqual(inAll("demo,mail"));
    await writeFile(join(directory, "prod.env"), "COMPOSE_PROFILES=of-file\n");
    expect(await set({ envFiles: ["prod.env"] })).toEqual(inAll("of-file"));
    await git("add", "--force", ".env");
    expect(await set()).toEqual(inAll(undefined));
    expect(await set({ env: { COMPOSE_PROFILES: "prod,mail" } })).toEqual(inAll(undefined));
    expect(await set({ env: { COMPOSE_PROFILES: "prod" } })).toEqual(inAll("prod"));
    const found = await readWith({ profiles: ["prod"] });
    expect(found.profiles).toEqual({ profiles: "prod", isSet: true });
    await mkdir(join(directory, ".github/workflows"), { recursive: true });
    for (const { path, text } of found.files) await writeFile(join(directory, path), text);
    expect(await set()).toEqual(inAll("prod"));
    // What is written there is a decision already.
    expect((await readWith({ profiles: ["mail"] })).profiles).toBeNull();
    // So is a deployment without them: what a developer has active is no reason to run it there.
    for (const { path, text } of found.files)
      await writeFile(join(directory, path), text.replace(/^ +COMPOSE_PROFILES: .*\n/m, ""));
    const shell = { env: { COMPOSE_PROFILES: "prod,unknown" } };
    expect(await set(shell)).toEqual(inAll(undefined));
    expect((await readWith(shell)).profiles).toEqual({ profiles: "prod", isSet: false });
    expect(await set({ profiles: ["prod"] })).toEqual(inAll("prod"));
  });

  it("say what is written to by a path from the checkout and is not in git, which a checkout on the runner has not", async () => {
    const git = (...args: readonly string[]) => promisify(execFile)("git", args, { cwd: directory });
    const volumes = ["./pgdata:/data", "./nginx:/etc/nginx", "./uploads:/uploads", ".:/app", "./new:/new"];
    await writeFile(join(directory, "compose.yml"), JSON.stringify({ services: { web: { image: "web", volumes } } }));
    for (const path of ["pgdata/PG_VERSION", "nginx/nginx.conf", "uploads/.gitkeep"]) {
      await mkdir(join(directory, path, ".."));
      await writeFile(join(directory, path), "");
    }
    const named = async () => (await read()).inCheckout.map(({ source }) => source);
    expect(await named()).toEqual(["./new"]);
    await git("init", "-q");
    await writeFile(join(directory, ".gitignore"), "pgdata\n");
    await git("add", ".");
    expect(await named()).toEqual(["./pgdata", "./uploads", "./new"]);
  });

  it("say which data a variable leads into the checkout, which of a developer's values are no defaults, and which files are not in git", async () => {
    const git = (...args: readonly string[]) => promisify(execFile)("git", args, { cwd: directory });
    const compose = `services:
  web:
    image: "web:\${TAG:-latest}"
    volumes: ["\${UPLOADS:-./data}:/data", "\${LIBRARY:-/srv/library}:/library", "\${CACHE:-./cache}:/cache"]
    env_file: [app.env, { path: more.env, required: false }, { path: gone.env, required: false }, kept.env]
    secrets: [key]
secrets: { key: { file: secrets/key.pem } }
`;
    await writeFile(join(directory, "compose.yml"), compose);
    await writeFile(join(directory, ".env"), "TAG=2\nLIBRARY=./photos\nCACHE=/srv/cache\n");
    for (const path of ["app.env", "more.env", "kept.env"]) await writeFile(join(directory, path), "A=canary\n");
    const nothing = { ownDefaults: [], outOfGit: [] };
    const named = { service: "web", target: "/data", source: "./data", variable: "UPLOADS" };
    // Without a repository, what is there is taken to be everywhere.
    const data = [named, { ...named, target: "/library", source: "./photos", variable: "LIBRARY" }];
    expect(await read()).toMatchObject({ ...nothing, inCheckout: data });
    await git("init", "-q");
    await writeFile(join(directory, ".gitignore"), "*.env\n.env\nsecrets\n");
    await git("add", ".");
    await git("add", "--force", "kept.env");
    const found = await read();
    expect(found.inCheckout).toEqual(data);
    expect(found.ownDefaults.map(({ name }) => name)).toEqual(["TAG", "LIBRARY", "CACHE"]);
    expect(found.files[0]?.text).toContain("      TAG: ${{ secrets.TAG }}\n");
    expect(found.outOfGit).toEqual([
      { kind: "env_file", name: "web", source: "app.env", isOptional: false },
      { kind: "env_file", name: "web", source: "more.env", isOptional: true },
      { kind: "secret", name: "key", source: "secrets/key.pem", isOptional: false },
    ]);
    expect(JSON.stringify(found)).not.toContain("canary");
    await git("add", "--force", ".env");
    expect(await read()).toMatchObject({ ownDefaults: [] });
  });

  it("check out files of Git LFS where there are some, or are to be", async () => {
    const git = (...args: readonly string[]) => promisify(execFile)("git", args, { cwd: directory });
    const attributes = "*.png filter=lfs diff=lfs merge=lfs -text\n";
    const input = "          lfs: true\n";
    await writeFile(join(directory, "compose.yml"), "services:\n  web:\n    image: web\n");
    await mkdir(join(directory, "assets"));
    await writeFile(join(directory, "assets/logo.svg"), "");
    await writeFile(join(directory, "assets/.gitattributes"), attributes);
    await git("init", "-q");
    await git("add", ".");
    for (const { text } of (await read()).files) expect(text).not.toContain(input);
    await writeFile(join(directory, "assets/logo.png"), "");
    // Without the filter, which this machine may not have.
    await git("-c", "filter.lfs.clean=", "-c", "filter.lfs.process=", "add", ".");
    for (const { text } of (await read()).files) expect(text).toContain(input);
    await rm(join(directory, ".git"), { recursive: true });
    await writeFile(join(directory, ".gitattributes"), attributes);
    for (const { text } of (await read()).files) expect(text).toContain(input);
  });

  it("take the rights and variables that the configuration needs", async () => {
    await writeFile(join(directory, "compose.yml"), "services:\n  web:\n    image: web\n");
    const config = `notify: { channels: { team: { slack: { url: "\${CHAT_URL}" } } } }
checks: [{ service: web, http: { path: /, headers: { authorization: "Bearer \${env:CHECK_TOKEN}" } } }]
github: { report: true, require: { checks: true } }
sentry: { organization: acme, token: "\${SENTRY_TOKEN}" }
`;
    await writeFile(join(directory, "sluice.yaml"), config);
    const [deploy, , verify] = (await read()).files.map(({ text }) => text);
    expect(deploy).toContain("  contents: write\n");
    expect(deploy).toContain("  checks: read\n");
    for (const text of [deploy, verify]) {
      expect(text).toContain("      CHAT_URL: ${{ secrets.CHAT_URL }}\n");
      expect(text).toContain("      CHECK_TOKEN: ${{ secrets.CHECK_TOKEN }}\n");
      expect(text).toContain("      SENTRY_TOKEN: ${{ secrets.SENTRY_TOKEN }}\n");
    }
    expect(verify).not.toContain("write\n");
  });

  it("name secrets of the service that the configuration migrates in, and say which variables are left unset", async () => {
    const tool = "tool: { image: web, profiles: [tools], environment: [API_KEY, LOG_LEVEL] }";
    await writeFile(
      join(directory, "compose.yml"),
      `services:\n  web: { image: web, environment: [MODE] }\n  ${tool}\n`,
    );
    const first = await read();
    expect(first.files[0]?.text).not.toContain("API_KEY");
    expect(first.unset).toEqual(["MODE"]);
    await writeFile(
      join(directory, "sluice.yaml"),
      "database: { migrate: { service: tool, command: [npm, run, migrate] } }\n",
    );
    const again = await read();
    expect(again.files[0]?.text).toContain("      API_KEY: ${{ secrets.API_KEY }}\n");
    expect(again.unset).toEqual(["MODE", "LOG_LEVEL"]);
  });

  it("use the settings of production where the configuration has some, or those that are asked for", async () => {
    await writeFile(join(directory, "compose.yml"), "services:\n  web:\n    image: web\n");
    const config = `environments:
  production: { github: { report: true, environment: live } }
  staging: { releases: { allowPrerelease: true } }
`;
    await writeFile(join(directory, "sluice.yaml"), config);
    const [production, ...others] = (await read()).files;
    expect(production?.path).toBe(".github/workflows/deploy-production.yml");
    for (const { text } of [...others, production ?? { text: "" }]) {
      expect(text).toContain("      SLUICE_ENVIRONMENT: production\n");
    }
    expect(production?.text).toContain("  contents: write\n");
    expect(production?.text).toContain("      name: live\n");
    const [staging] = (await read(undefined, "staging")).files;
    expect(staging).toMatchObject({
      path: ".github/workflows/deploy-staging.yml",
      text: expect.stringContaining("      SLUICE_ENVIRONMENT: staging\n"),
    });
    expect(staging?.text).toContain("types: [published]\n");
    await expect(read(undefined, "demo")).rejects.toMatchObject({ code: "CONFIG_INVALID" });
  });

  it("are for its root, wherever in it the project and the call are", async () => {
    const app = join(directory, "app");
    await mkdir(join(app, "src"), { recursive: true });
    await mkdir(join(directory, ".git"));
    await writeFile(join(app, "compose.yml"), "services:\n  web:\n    image: 'web:${VERSION:?}'\n");
    await mkdir(join(directory, ".github/workflows"), { recursive: true });
    const steps = "steps: [{ run: docker compose -f compose.yml up -d }]";
    await writeFile(join(directory, ".github/workflows/ship.yml"), `jobs: { a: { ${steps} } }\n`);
    await writeFile(join(directory, "compose.yml"), "services:\n  other:\n    image: 'other:${OTHER:?}'\n");
    for (const from of [app, join(app, "src")]) {
      await using deployer = createDeployer({ directory: from, env: {}, actor: "ada" });
      const { directory: root, files, byHand } = await deployer.workflows();
      expect(root).toBe(directory);
      expect(files[0]?.path).toBe(".github/workflows/deploy-production.yml");
      expect(files[0]?.text).toContain("      COMPOSE_FILE: app/compose.yml\n");
      expect(files[0]?.text).toContain("      VERSION: ${{ secrets.VERSION }}\n");
      expect(files[0]?.text).not.toContain("OTHER");
      expect(byHand).toEqual([".github/workflows/ship.yml"]);
    }
  });

  it("are refused where they would use another configuration than commands here", async () => {
    const app = join(directory, "app");
    await mkdir(app);
    await mkdir(join(directory, ".git"));
    await writeFile(join(app, "compose.yml"), "services:\n  web:\n    image: web\n");
    await writeFile(join(app, "sluice.yaml"), "rollout: { bake: 5s }\n");
    await using deployer = createDeployer({ directory: app, env: {}, actor: "ada" });
    expect((await deployer.workflows()).directory).toBe(directory);
    await writeFile(join(directory, "sluice.yaml"), "rollout: { bake: 1m }\n");
    await expect(deployer.workflows()).rejects.toMatchObject({ code: "USAGE", message: expect.stringContaining(app) });
  });

  it("say which variables they cannot take over", async () => {
    await writeFile(join(directory, "compose.yml"), "services:\n  web:\n    image: 'web:${TAG:?}'\n");
    await mkdir(join(directory, ".github/workflows"), { recursive: true });
    const path = ".github/workflows/ship.yml";
    const env = "env: { TAG: '${{ steps.meta.outputs.tag }}', COMPOSE_FILE: '${{ env.FILE }}' }";
    await writeFile(join(directory, path), `jobs: { a: { steps: [{ run: docker compose up -d, ${env} }] } }\n`);
    const { files, altered } = await read();
    expect(files[0]?.text).toContain("      TAG: ${{ secrets.TAG }}\n");
    const value = "${{ steps.meta.outputs.tag }}";
    expect(altered).toEqual([{ path, name: "TAG", value, inDeployment: null, inOthers: null }]);
  });

  it("say that one deploys by hand, also where it has the name of one that is to be written", async () => {
    await writeFile(join(directory, "compose.yml"), "services:\n  web:\n    image: web\n");
    await mkdir(join(directory, ".github/workflows"), { recursive: true });
    const path = ".github/workflows/deploy-production.yml";
    const steps = "steps: [{ run: docker compose build }, { run: docker compose up -d }]";
    await writeFile(
      join(directory, path),
      `on: release\njobs: { a: { runs-on: [self-hosted, production], ${steps} } }\n`,
    );
    const { files, byHand } = await read();
    expect([files[0]?.path, byHand]).toEqual([path, [path]]);
    await writeFile(join(directory, path), files[0]?.text ?? "");
    expect((await read()).byHand).toEqual([]);
  });

  it("say which migration became a service, and take none of a job that tests", async () => {
    await writeFile(join(directory, "compose.yml"), "services:\n  web:\n    image: web\n");
    await mkdir(join(directory, ".github/workflows"), { recursive: true });
    const steps = (command: string) =>
      `steps: [{ run: docker compose up -d }, { run: docker compose run --rm web ${command} }]`;
    const ci = `on: push\njobs: { test: { runs-on: ubuntu-latest, ${steps("npm run db:reset")} } }\n`;
    const ship = `on: release\njobs: { ship: { runs-on: self-hosted, ${steps("npm run migrate")} } }\n`;
    await writeFile(join(directory, ".github/workflows/ci.yml"), ci);
    expect(await read()).toMatchObject({ byHand: [], migration: null });
    const path = ".github/workflows/ship.yml";
    await writeFile(join(directory, path), ship);
    expect(await read()).toMatchObject({
      byHand: [path],
      migration: { path, service: "web", command: "npm run migrate" },
    });
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

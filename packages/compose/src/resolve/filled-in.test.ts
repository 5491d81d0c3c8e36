import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { ComposeModel } from "@sluice/core";
import { afterEach, beforeEach, expect, it } from "vitest";
import { secretValues } from "../bundle-files/secret-values.ts";
import { filledIn, readMentions } from "./filled-in.ts";

let directory = "";
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "sluice-filled-in-"));
});
afterEach(() => rm(directory, { recursive: true }));

const model: ComposeModel = { name: "shop", services: { web: { image: "acme/web" } } };
const ofProcess = {
  STRIPE_SECRET_MODE: "live",
  SSH_ASKPASS_REQUIRE: "never",
  TOKEN_ENV: "blue",
  VAULT_AUTH: "kubernetes",
  CREDENTIALS_ENV: "production",
};

async function secretsOf(
  files: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>>,
  behind: ComposeModel["secrets"] = {},
): Promise<readonly string[]> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(directory, name)), { recursive: true });
    await writeFile(join(directory, name), text);
  }
  const project = {
    directory,
    files: [join(directory, "compose.yaml")],
    envFiles: [join(directory, ".env")],
  };
  const resolved = { ...model, secrets: behind };
  return secretValues(resolved, filledIn(await readMentions(project), env, resolved));
}

const web = "services:\n  web:\n    image: acme/web\n";

it("a variable of the process that no file of the project mentions is no secret of it", async () => {
  expect(await secretsOf({ "compose.yaml": web }, ofProcess)).toEqual([]);
});

it.each([
  ["fills in", { "compose.yaml": `${web}    command: run \${API_TOKEN:?no}\n` }],
  ["passes on", { "compose.yaml": `${web}    environment: [API_TOKEN]\n` }],
  [
    "includes",
    { "compose.yaml": "include: [more/web.yaml]\n", "more/web.yaml": `${web}    command: run $API_TOKEN\n` },
  ],
  [
    "extends",
    {
      "compose.yaml": `${web}    extends: { file: base.yaml, service: web }\n`,
      "base.yaml": `${web}    command: run $API_TOKEN\n`,
    },
  ],
  [
    "has in its env file",
    { "compose.yaml": `${web}    command: run $ADDRESS\n`, ".env": "ADDRESS=//x:${API_TOKEN}@h\n" },
  ],
  [
    "has in an env file of a service",
    { "compose.yaml": `${web}    env_file: web.env\n`, "web.env": "A=${API_TOKEN}\n" },
  ],
])("one that the project %s is", async (_how, files) => {
  expect(await secretsOf(files, { ...ofProcess, API_TOKEN: "canary" })).toEqual(["canary"]);
});

it("all are kept where a file that takes part cannot be read, as nobody knows what that mentions", async () => {
  const env = { API_TOKEN: "canary" };
  expect(await secretsOf({ "compose.yaml": "include: [oci://registry.example.com/web]\n" }, env)).toEqual(["canary"]);
  expect(await secretsOf({ "compose.yaml": `${web}    env_file: "\${STAGE}.env"\n` }, env)).toEqual(["canary"]);
});

it("what the env files of an include set is, with that of what it includes, but for what the project sets itself", async () => {
  const files = {
    "compose.yaml":
      "include: [{ path: a/compose.yaml }, { path: b/x.yaml, env_file: [b/own.env], project_directory: b }]\n",
    ".env": "DB_PASSWORD=of-project\n",
    "a/compose.yaml": `include: [../c/compose.yaml]\n${web}`,
    "a/.env": "DB_PASSWORD=overridden\nA_TOKEN=of-a\n",
    "b/x.yaml": "services: {}\n",
    "b/.env": "B_TOKEN=not-read\n",
    "b/own.env": "A_TOKEN=of-b\nSTAGE=${VERY_OWN}\n",
    "c/compose.yaml": "services: {}\n",
    "c/.env": "A_TOKEN=of-c\nC_TOKEN=only-c\n",
  };
  const found = await secretsOf(files, { VERY_OWN: "x", B_TOKEN: "canary" });
  expect(found.toSorted()).toEqual(["of-a", "of-b", "of-project", "only-c"]);
});

it("one that is behind a secret is, whatever its name, and what an env file sets gives way to the process", async () => {
  const behind = { tok: { environment: "TOK" } };
  const files = { "compose.yaml": web, ".env": "DB_PASSWORD=overridden\nOTHER_PASSWORD=written\n" };
  const found = await secretsOf(files, { TOK: "tok-canary", DB_PASSWORD: "canary" }, behind);
  expect(found.toSorted()).toEqual(["canary", "tok-canary", "written"]);
});

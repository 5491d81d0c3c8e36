import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { type ErrorCode, isSluiceError, parseConfig } from "@sluice/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runCompose } from "../src/compose-cli/run.ts";
import { createComposeResolver, mountedFiles, type ResolveRequest } from "../src/index.ts";
import { defaultPlatform } from "../src/model/default-platform.ts";
import { envFileValues } from "../src/model/env-file-values.ts";
import { inlineFiles } from "../src/model/inline-files.ts";
import { labelPrefixes } from "../src/model/proxy-labels.ts";
import { serviceHashes } from "../src/model/service-hashes.ts";
import { cliEnvironment } from "./corpus-stacks.ts";

let root: string;
let count = 0;

beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), "resolve-")));
});
afterAll(() => rm(root, { recursive: true, force: true }));

async function project(files: Readonly<Record<string, string>>): Promise<string> {
  const directory = join(root, `p${++count}`);
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(directory, name)), { recursive: true });
    await writeFile(join(directory, name), text);
  }
  return directory;
}

function resolve(directory: string, request: Partial<ResolveRequest> = {}, variables: Record<string, string> = {}) {
  return createComposeResolver({ env: { ...cliEnvironment, ...variables } }).resolve({
    stack: "shop",
    directory,
    ...request,
  });
}

async function failure(
  text: string,
  files: Readonly<Record<string, string>> = {},
  request: Partial<ResolveRequest> = {},
) {
  const directory = await project({ "compose.yaml": text, ...files });
  try {
    await resolve(directory, request);
  } catch (error) {
    if (!isSluiceError(error)) throw error;
    const { file, line, column } = error.position ?? { file: "" };
    const place = [file.replace(`${directory}/`, ""), line, column].filter((part) => part !== undefined && part !== "");
    return { code: error.code, message: error.message, hint: error.hint ?? "", at: place.join(":") };
  }
  throw new Error("Compose accepted it");
}

const web = "services:\n  web:\n    image: shop\n";

interface Refusal {
  readonly text: string;
  readonly message: RegExp;
  readonly at: string;
  readonly hint?: RegExp;
  readonly files?: Readonly<Record<string, string>>;
}

const refusals: Readonly<Record<string, Refusal>> = {
  "a syntax error": { text: `${web}   ports: [1]\n`, message: /did not find expected key/, at: "compose.yaml:4:1" },
  "a duplicate key": { text: `${web}    image: other\n`, message: /already defined/, at: "compose.yaml:4:5" },
  "a mistyped key": {
    text: `${web}    prots: ["80:80"]\n`,
    message: /prots/,
    at: "compose.yaml:4:5",
    hint: /did you mean ports\?/,
  },
  "a mistyped top-level key": {
    text: "servces:\n  web: {}\n",
    message: /servces/,
    at: "compose.yaml:1:1",
    hint: /did you mean services\?/,
  },
  "a mistyped key of a health check": {
    text: `${web}    healthcheck:\n      intervall: 1s\n`,
    message: /intervall/,
    at: "compose.yaml:5:7",
    hint: /did you mean interval\?/,
  },
  "a missing env_file": {
    text: `${web}    env_file: .env.prod\n`,
    message: /env file .*\.env\.prod not found/,
    at: "compose.yaml:4:15",
    hint: /by a step before the one that deploys.*outside the checkout, or .*required: false/,
  },
  "a required variable": {
    text: `${web}    environment:\n      TOKEN: \${SHOP_TOKEN:?ask the owner}\n`,
    message: /SHOP_TOKEN is missing a value: ask the owner/,
    at: "compose.yaml:5:14",
    hint: /set SHOP_TOKEN/,
  },
  "a variable where true or false belongs, and which is neither": {
    text: `${web}    read_only: \${READ_ONLY}\n`,
    files: { ".env": "READ_ONLY=maybe\n" },
    message: /services\.web\.read_only: .*boolean: maybe/,
    at: "compose.yaml:4:5",
    hint: /read_only of service web .* variable READ_ONLY is neither/,
  },
  "an empty variable where a number belongs": {
    text: `${web}    ports: [{ target: "\${TARGET}" }]\n`,
    files: { ".env": "TARGET=\n" },
    message: /services\.web\.ports/,
    at: "compose.yaml:4:5",
    hint: /ports\.target of service web .* variable TARGET is empty/,
  },
  "a bad port": {
    text: `${web}    ports:\n      - "127.0.0.1:x:80"\n`,
    message: /Invalid hostPort: x/,
    at: "compose.yaml:5:9",
    hint: /ports/,
  },
  "a volume whose variable is empty": {
    text: `${web}    volumes:\n      - "\${DATA}:/data"\n`,
    message: /empty section between colons/,
    at: "compose.yaml:5:17",
    hint: /is a variable in it empty/,
  },
  "a bad duration": {
    text: `${web}    stop_grace_period: 5 bananas\n`,
    message: /bananas/,
    at: "compose.yaml:4:5",
  },
  "an undefined dependency": {
    text: `${web}    depends_on: [db]\n`,
    message: /undefined service "db"/,
    at: "compose.yaml:4:18",
    hint: /no service is named db/,
  },
  "an undefined network": {
    text: `${web}    networks: [back]\n`,
    message: /undefined network back/,
    at: "compose.yaml:4:16",
    hint: /networks: at the top/,
  },
  "a service without an image": {
    text: "services:\n  web:\n    restart: always\n",
    message: /neither an image/,
    at: "compose.yaml:2:3",
  },
  "a missing include": {
    text: `include: [other.yaml]\n${web}`,
    message: /other\.yaml/,
    at: "compose.yaml:1:11",
    hint: /include/,
  },
  "a secret where a port belongs, without the secret": {
    text: `${web}    ports: ["\${DB_PASSWORD}:80"]\n`,
    files: { ".env": "DB_PASSWORD=canary-4711\n" },
    message: /Invalid hostPort: \[redacted\]/,
    at: "compose.yaml:4:13",
  },
  "a secret where a size belongs, without the secret": {
    text: `x-a: { API_TOKEN: &token canary-4711 }\n${web}    environment:\n      API_TOKEN: canary-4711\n    mem_limit: *token\n`,
    message: /invalid size: '\[redacted\]'/,
    at: "compose.yaml:7:5",
  },
  "a broken .env, without the secret in it": {
    text: web,
    files: { ".env": 'A=1\nPASSWORD="canary-4711\n' },
    message: /unterminated quoted value …$/,
    at: ".env:3",
  },
};

test("paths start from the project directory that is given, and .env lies there, wherever the files are", async () => {
  const text = 'services: { web: { image: "shop:${V}", volumes: ["./data:/data"], env_file: [web.env] } }';
  const directory = await project({
    "deploy/compose.yaml": text,
    "deploy/.env": "V=deploy\n",
    "deploy/web.env": "AT=deploy\n",
    ".env": "V=root\n",
    "web.env": "AT=root\n",
  });
  const files = [join(directory, "deploy/compose.yaml")];
  const of = async (request: Partial<ResolveRequest>) => {
    const { model, directory: home } = await resolve(directory, { files, ...request });
    const { image, volumes, environment } = model.services["web"] ?? {};
    const source = volumes?.[0]?.source;
    return [image, source, (environment as { readonly AT?: string }).AT, home];
  };
  const deploy = join(directory, "deploy");
  expect(await of({})).toEqual(["shop:deploy", join(deploy, "data"), "deploy", deploy]);
  expect(await of({ projectDirectory: directory })).toEqual(["shop:root", join(directory, "data"), "root", directory]);
  const resolver = createComposeResolver({ env: cliEnvironment });
  expect(await resolver.name({ directory, files, projectDirectory: directory })).toBe(basename(directory));
});

describe("a project that Compose does not accept is refused with the place", () => {
  test.each(Object.entries(refusals))("%s", async (_name, { text, message, at, hint, files }) => {
    const refused = await failure(text, files);
    expect(refused.code).toBe("COMPOSE_INVALID" satisfies ErrorCode);
    expect(refused.message).toMatch(message);
    expect(refused.at).toBe(at);
    expect(refused.hint).toMatch(hint ?? /^/);
    expect(JSON.stringify(refused)).not.toContain("canary-4711");
  });

  test("a dependency on a service of an inactive profile", async () => {
    const text = `${web}    depends_on: [db]\n  db:\n    image: postgres\n    profiles: [data]\n`;
    expect(await failure(text)).toMatchObject({
      hint: expect.stringContaining("profile that is not active") as string,
    });
    const directory = await project({ "compose.yaml": text });
    expect((await resolve(directory, { profiles: ["data"] })).services.map(({ active }) => active)).toEqual([
      true,
      true,
    ]);
  });

  test("no compose file, or one that is not there", async () => {
    const directory = await project({ "README.md": "" });
    await expect(resolve(directory)).rejects.toMatchObject({
      code: "COMPOSE_INVALID",
      hint: expect.stringContaining("-f") as string,
    });
    await expect(resolve(directory, { files: ["prod.yaml"] })).rejects.toMatchObject({
      message: expect.stringContaining("prod.yaml") as string,
    });
  });

  test("a configuration for a service that is not there", async () => {
    const directory = await project({ "compose.yaml": web });
    const config = parseConfig("services: { wbe: { role: web } }", "sluice.yaml");
    await expect(resolve(directory, { config })).rejects.toMatchObject({
      code: "CONFIG_INVALID",
      hint: "they have web",
    });
  });
});

test("the name of a project is told although Compose does not accept it, unless nobody can tell it", async () => {
  const nameOf = async (text: string, more: Readonly<Record<string, string>> = {}) => {
    const directory = await project({ "compose.yaml": text, ...more });
    return createComposeResolver({ env: cliEnvironment }).name({ directory });
  };
  const unset = `services:\n  web:\n    image: "\${IMAGE:?}"\n    env_file: none.env\n`;
  expect(await nameOf(`name: shopfront\n${unset}`)).toBe("shopfront");
  expect(await nameOf(`name: shopfront\n${unset}`, { ".env": "COMPOSE_PROJECT_NAME=by-dotenv\n" })).toBe("by-dotenv");
  expect(await nameOf(unset)).toMatch(/^p\d+$/);
  expect(await nameOf(`name: "\${STACK:-shop}"\n${unset}`)).toBeNull();
  expect(await nameOf("name: shopfront\nservices: [\n")).toBeNull();
});

describe("options mean what they mean to Compose", () => {
  test("the service of a migration is asked for by name, as by docker compose run, whatever its profiles", async () => {
    const directory = await project({ "compose.yaml": `${web}  cli:\n    image: cli\n    profiles: [tools]\n` });
    const config = parseConfig("database: { migrate: { service: cli, command: [migrate] } }", "sluice.yaml");
    const { services } = await resolve(directory, { config });
    expect(services.map(({ name, active }) => [name, active])).toEqual([
      ["cli-migrate", true],
      ["cli", false],
      ["web", true],
    ]);
  });

  test("profiles that only an included file speaks of", async () => {
    const directory = await project({
      "compose.yaml": `include: [more.yaml]\n${web}`,
      "more.yaml": "services:\n  extra:\n    image: extra\n    profiles: [more]\n",
    });
    const active = async (profiles: readonly string[]) =>
      (await resolve(directory, { profiles })).services.flatMap(({ name, active: isActive }) =>
        isActive ? [name] : [],
      );
    expect(await active([])).toEqual(["web"]);
    expect((await active(["more"])).toSorted()).toEqual(["extra", "web"]);
  });

  const unreadable = {
    "depends on nothing": { text: "image: dev, depends_on: [gone]", says: /undefined service "gone"/ },
    "has no image": { text: "restart: always", says: /neither an image nor a build context/ },
    "has an env file of developers": { text: "image: dev, env_file: dev.env", says: /env file .*dev\.env not found/ },
  };

  test.each(Object.entries(unreadable))("an inactive service that %s stops nothing", async (_name, { text, says }) => {
    const directory = await project({ "compose.yaml": `${web}  dev: { profiles: [dev], ${text} }\n` });
    const config = parseConfig("services: { dev: { role: tool }, web: { port: 80 } }", "sluice.yaml");
    const { services, model, findings } = await resolve(directory, { config });
    expect(services.map(({ name, role, active }) => [name, role, active])).toEqual([
      ["web", "web", true],
      ["dev", "tool", false],
    ]);
    expect(Object.keys(model.services)).toEqual(["web"]);
    expect(findings).toContainEqual({
      severity: "info",
      code: "profile-not-readable",
      message: expect.stringMatching(says) as string,
      hint: expect.any(String) as string,
      position: expect.objectContaining({ line: 4 }) as object,
    });
    const refused = { code: "COMPOSE_INVALID", message: expect.stringMatching(says) as string };
    await expect(resolve(directory, { profiles: ["dev"] })).rejects.toMatchObject(refused);
    const migrates = parseConfig("database: { migrate: { service: dev, command: [migrate] } }", "sluice.yaml");
    await expect(resolve(directory, { config: migrates })).rejects.toMatchObject(refused);
    expect(await createComposeResolver({ env: cliEnvironment }).name({ directory })).toBe(basename(directory));
  });

  test("profiles: all services are in the model, those of the active profiles are active", async () => {
    const directory = await project({
      "compose.yaml": `${web}  extra:\n    image: extra\n    profiles: [more]\n`,
      ".env": "",
    });
    const active = async (request: Partial<ResolveRequest>, variables?: Record<string, string>) =>
      (await resolve(directory, request, variables)).services
        .filter((service) => service.active)
        .map(({ name }) => name);
    expect(await active({})).toEqual(["web"]);
    expect((await active({ profiles: ["more"] })).toSorted()).toEqual(["extra", "web"]);
    expect((await active({}, { COMPOSE_PROFILES: "more" })).toSorted()).toEqual(["extra", "web"]);
    await writeFile(join(directory, ".env"), "COMPOSE_PROFILES=more\n");
    expect((await active({})).toSorted()).toEqual(["extra", "web"]);
  });

  test("profiles: a service says which ones it is under, where none of them is active", async () => {
    const text =
      "services:\n  web: { image: shop, profiles: [prod, demo] }\n  cron: { image: shop, profiles: [more] }\n";
    const unreadable = "  dev: { image: shop, profiles: [dev], env_file: none.env }\n";
    const missing = async (directory: string, ...profiles: readonly string[]) => {
      const { services } = await resolve(directory, { profiles });
      const texts = services.map(
        ({ name, active, inactiveProfiles }) => `${name} ${active} ${inactiveProfiles?.join()}`,
      );
      return texts.toSorted();
    };
    const all = ["cron false more", "web false prod,demo"] as const;
    const directory = await project({ "compose.yaml": text });
    expect(await missing(directory)).toEqual(all);
    expect(await missing(directory, "demo")).toEqual([all[0], "web true undefined"]);
    const odd = await project({ "compose.yaml": `${text}${unreadable}` });
    expect(await missing(odd)).toEqual([all[0], "dev false dev", all[1]]);
  });

  test("env files replace .env, later files override earlier ones, and paths start at the first file", async () => {
    const text = 'services:\n  web:\n    image: "shop:${TAG}"\n    volumes: ["./conf:/conf:ro"]\n';
    const directory = await project({
      "deploy/compose.yaml": text,
      "deploy/prod.yaml": "services:\n  web:\n    hostname: prod\n",
      "deploy/.env": "TAG=dot\n",
      "one.env": "TAG=one\n",
      "two.env": "TAG=two\n",
    });
    const files = ["deploy/compose.yaml", "deploy/prod.yaml"];
    const plain = await resolve(directory, { files });
    expect(plain.model.services["web"]).toMatchObject({ image: "shop:dot", hostname: "prod" });
    expect(plain.model.services["web"]?.volumes?.[0]?.source).toBe(join(directory, "deploy/conf"));
    expect(plain).toMatchObject({
      stack: "shop",
      directory: join(directory, "deploy"),
      files: files.map((file) => join(directory, file)),
    });
    const given = await resolve(directory, { files, envFiles: ["one.env", "two.env"] });
    expect(given.model.services["web"]?.image).toBe("shop:two");
    expect(given.modelHash).not.toBe(plain.modelHash);
    expect((await resolve(directory, { files })).modelHash).toBe(plain.modelHash);
  });

  test("a project that is reached through a link has its name and its paths, and a release copies of its files", async () => {
    const directory = await project({
      "compose.yaml": `${web}    expose: [80]\n    volumes: ["./conf:/conf:ro"]\n`,
      "conf/app.conf": "",
    });
    const link = join(root, "current");
    await symlink(directory, link);
    const linked = await resolve(link, { stack: undefined }, { PWD: directory });
    expect(linked).toMatchObject({ stack: "current", directory: link });
    expect(linked.model.services["web"]?.volumes?.[0]?.source).toBe(join(link, "conf"));
    expect(mountedFiles(linked).map(({ source }) => source)).toEqual([join(link, "conf")]);
  });

  test("what the environment and env files fill in is secret by its name, wherever it is filled in", async () => {
    const text = [
      "services:",
      "  redis: { image: redis, configs: [app], command: 'redis-server --requirepass ${REDIS_PASSWORD} $DOT_TOKEN' }",
      "  web: { image: shop, healthcheck: { test: 'check postgres://u:${DB_PW}@db/x' }, secrets: [tok, key] }",
      "secrets: { tok: { environment: TOK }, key: { environment: KEY_PEM } }",
      "configs: { app: { content: 'password = $$${IN_CONTENT}' } }",
    ].join("\n");
    const key = "-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG\n-----END KEY-----";
    const directory = await project({
      "compose.yaml": text,
      ".env": `REDIS_PASSWORD=overridden\nexport DOT_TOKEN='dot canary'\nTOK=tok-canary # mine\nKEY_PEM="${key}"\n`,
    });
    const filledIn = { REDIS_PASSWORD: "redis-canary", DB_PW: "p@ss-canary", IN_CONTENT: "content-canary" };
    const variables = { ...filledIn, STRIPE_SECRET_MODE: "live" };
    const { secrets } = await resolve(directory, {}, variables);
    const expected = ["redis-canary", "dot canary", "p@ss-canary", "tok-canary", key, "MIIEvQIBADANBgkqhkiG"];
    expect(secrets).toEqual(expect.arrayContaining([...expected, "$content-canary"]));
    for (const harmless of ["overridden", "live"]) expect(secrets).not.toContain(harmless);
    await writeFile(join(directory, "prod.env"), "DOT_TOKEN=of-another-file\n");
    const ofFile = await resolve(directory, {}, { ...variables, COMPOSE_ENV_FILES: "prod.env" });
    expect(ofFile.model.services["redis"]?.command).toContain("of-another-file");
    expect(ofFile.secrets).toContain("of-another-file");
  });

  test("what only an env file sets is behind a secret or config as Compose reads it; what nobody sets is told", async () => {
    const text = [
      "services: { web: { image: shop, ports: ['80'], secrets: [tok, own, gone], configs: [mode, none] } }",
      "secrets: { tok: { environment: TOK }, own: { environment: OWN }, gone: { environment: GONE } }",
      "configs: { mode: { environment: MODE }, none: { environment: NONE } }",
    ].join("\n");
    const [file, empty] = ["compose.yaml", "NONE"];
    const written = "A=1\nTOK=\"a ${A} 'canary'\\nb\" # mine\nexport MODE='pl$ in'\nOWN=overridden\n";
    const directory = await project({ [file]: text, ".env": `${written}${empty}=\n`, "prod.env": "GONE=there\n" });
    const found = await resolve(directory, {}, { OWN: "of the shell" });
    expect(envFileValues(found.model)).toEqual({ TOK: "a 1 'canary'\nb", MODE: "pl$ in", NONE: "" });
    expect(found.secrets).toEqual(expect.arrayContaining(["a 1 'canary'\nb", "of the shell"]));
    const unset = { severity: "error", code: "variable-not-there", service: "web", position: { line: 2 } };
    const told = found.findings.filter(({ code }) => code !== "no-health-check");
    expect(told).toMatchObject([
      { severity: "info", code: "secret-from-environment", message: expect.stringContaining("secret own of web") },
      { ...unset, message: "secret gone of web is variable GONE, which is not set" },
    ]);
    const other = await resolve(directory, { envFiles: ["prod.env"] }, { TOK: "x", MODE: "x", NONE: "x", OWN: "x" });
    expect(envFileValues(other.model)).toEqual({ GONE: "there" });
  });

  test("keys of builds with a path, which Compose cannot write as JSON, are as it reads them", async () => {
    const ssh = "ssh: [default, 'key=./key', 'other=$$x/key']";
    const directory = await project({
      "compose.yaml": `include: [more/compose.yaml]\nservices: { web: { build: { context: ., ${ssh} } }, tool: { image: x, profiles: [dev] } }\n`,
      "compose.override.yaml": "services: { web: { ports: ['80'] } }\n",
      "more/compose.yaml": "services: { 'an.other': { build: { context: ., ssh: ['default=${SSH_AUTH_SOCK}'] } } }\n",
      ".env": "SSH_AUTH_SOCK=/run/agent\n",
    });
    const { model, services, modelHash } = await resolve(directory);
    const keys = (name: string) => model.services[name]?.build?.["ssh"];
    expect(keys("web")).toEqual(["default", `key=${directory}/key`, `other=${directory}/$$x/key`]);
    expect(keys("an.other")).toEqual(["default=/run/agent"]);
    expect(model.services["web"]?.ports).toHaveLength(1);
    expect(services.map(({ name, active }) => [name, active])).toContainEqual(["tool", false]);
    // An agent has another socket in each job of a pipeline, which makes no other release of a commit.
    const elsewhere = await resolve(directory, {}, { SSH_AUTH_SOCK: "/run/other" });
    expect(elsewhere.model.services["an.other"]?.build?.["ssh"]).toEqual(["default=/run/other"]);
    expect(elsewhere.modelHash).toBe(modelHash);
    const named = await resolve(directory, { files: ["compose.yaml"] });
    expect(named.model.services["web"]?.build).toEqual(model.services["web"]?.build);
    const resolver = createComposeResolver({ env: cliEnvironment });
    expect(await resolver.name({ directory })).toBe(basename(directory));
  });

  test("an include has its own env files, and what nobody sets is also told of base and builds", async () => {
    const directory = await project({
      "compose.yaml": [
        "include: [infra/compose.yaml, { path: other/compose.yaml, env_file: [other/prod.env] }]",
        "services: { web: { image: shop, build: { context: ., secrets: [npm, db] }, ports: ['80'], secrets: [db] } }",
        "secrets: { npm: { environment: NPM_TOKEN } }",
      ].join("\n"),
      ".env": "FIRST=of project\n",
      "infra/.env": "DB_PASSWORD='db ${FIRST} canary'\nFIRST=of infra\nNPM_TOKEN=not of the project\n",
      "infra/compose.yaml":
        "services: { pg: { image: 'postgres:17', secrets: [db, gone] } }\nsecrets: { db: { environment: DB_PASSWORD }, gone: { environment: GONE } }\n",
      "other/prod.env": "DB_PASSWORD=other-canary\n",
      "other/compose.yaml":
        "services: { red: { image: redis, command: 'x ${DB_PASSWORD}', secrets: [two] } }\nsecrets: { two: { environment: DB_PASSWORD } }\n",
    });
    const { model, secrets, findings } = await resolve(directory);
    const values = ["pg", "red"].map((name) => {
      const only = {
        ...model.services[name],
        secrets: model.services[name]?.secrets?.filter((one) => one.source !== "gone"),
      };
      return inlineFiles({ ...model, services: { [name]: only } }, {}).map(({ content }) => content);
    });
    expect(values).toEqual([["db ${FIRST} canary"], ["other-canary"]]);
    expect(secrets).toEqual(expect.arrayContaining(["db ${FIRST} canary", "other-canary"]));
    expect(findings.filter(({ code }) => code === "variable-not-there")).toMatchObject([
      { severity: "warn", service: "pg", message: "secret gone of pg is variable GONE, which is not set" },
      { severity: "info", service: "web", message: "secret npm of web is variable NPM_TOKEN, which is not set" },
    ]);
  });

  test("the default platform of an env file is kept, and counts in the hash of what is built as it does with Compose", async () => {
    const text = "services: { web: { build: ., image: acme/web, ports: ['80'] }, db: { image: postgres:17 } }";
    const directory = await project({ "compose.yaml": text, ".env": "DOCKER_DEFAULT_PLATFORM=linux/s390x\n" });
    const { model } = await resolve(directory);
    expect(defaultPlatform(model)).toEqual({ DOCKER_DEFAULT_PLATFORM: "linux/s390x" });
    const { stdout } = await runCompose({
      args: ["-p", "shop", "config", "--hash", "web"],
      env: cliEnvironment,
      cwd: directory,
    });
    const hash = [stdout.trim().split(" ")[1]];
    expect((await serviceHashes(model, { env: cliEnvironment }))["web"]).toEqual(hash);
    // A release runs it without its build.
    const { build: _build, ...web } = model.services["web"] ?? {};
    const built = { ...model, services: { web } };
    expect((await serviceHashes(built, { env: cliEnvironment }))["web"]).toEqual(hash);
    const shell = { DOCKER_DEFAULT_PLATFORM: "linux/amd64" };
    expect(defaultPlatform((await resolve(directory, {}, shell)).model)).toEqual({});
  });

  test("what labels of other proxies begin with is kept with the model", async () => {
    const directory = await project({ "compose.yaml": web });
    const config = parseConfig("traffic: { proxyLabels: [easyhaproxy.] }", "sluice.yaml");
    expect(labelPrefixes((await resolve(directory, { config })).model)).toEqual(["easyhaproxy."]);
  });

  test("files come from COMPOSE_FILE, from a directory above, and with their override", async () => {
    const directory = await project({
      "compose.yaml": web,
      "compose.override.yaml": "services:\n  web:\n    hostname: overridden\n",
      "other.yml": "name: other\nservices:\n  job:\n    image: job\n",
      "sub/dir/.keep": "",
    });
    const below = await resolve(join(directory, "sub/dir"));
    expect(below.model.services["web"]?.hostname).toBe("overridden");
    expect(below.files).toEqual([join(directory, "compose.yaml"), join(directory, "compose.override.yaml")]);
    const named = await resolve(directory, {}, { COMPOSE_FILE: "other.yml" });
    expect(named.files).toEqual([join(directory, "other.yml")]);
    const own = await resolve(directory, { stack: undefined, files: ["other.yml"] });
    expect(own.stack).toBe("other");
  });

  test("with the root of the checkout that the first one is in, or its directory", async () => {
    const directory = await project({ "app/compose.yaml": web, "compose.prod.yaml": "services: {}\n" });
    const files = ["app/compose.yaml", "compose.prod.yaml"].map((file) => join(directory, file));
    expect((await resolve(directory, { files })).checkout).toBe(join(directory, "app"));
    await mkdir(join(directory, ".git"));
    expect((await resolve(directory, { files })).checkout).toBe(directory);
  });
});

describe("warnings become findings", () => {
  test("a check that would watch what no active profile has", async () => {
    const text = `${web}  debug:\n    image: debug\n    profiles: [debug]\n`;
    const directory = await project({ "compose.yaml": text });
    const config = parseConfig(
      "services: { debug: { role: worker } }\nchecks: [{ service: debug, logs: {} }]",
      "sluice.yaml",
    );
    const [off, on] = await Promise.all([
      resolve(directory, { config }),
      resolve(directory, { config, profiles: ["debug"] }),
    ]);
    const codes = (findings: typeof off.findings) => findings.map(({ code }) => code);
    expect(codes(on.findings)).not.toContain("check-not-watched");
    expect(off.findings.find(({ code }) => code === "check-not-watched")).toMatchObject({
      severity: "warn",
      service: "debug",
      position: { file: join(directory, "compose.yaml"), line: 4 },
    });
  });

  test("a variable that is not set, with the place of its use", async () => {
    const directory = await project({
      "compose.yaml":
        "# ${SHOP_TOKEN} is needed\nservices:\n  web:\n    image: shop\n    environment:\n      TOKEN: ${SHOP_TOKEN}\n      KEPT: $$SHOP_TOKEN\n",
    });
    const { findings, model } = await resolve(directory);
    expect(findings).toContainEqual({
      severity: "warn",
      code: "variable-not-set",
      message: "variable SHOP_TOKEN is not set: Compose puts nothing in its place",
      hint: "set SHOP_TOKEN, write ${SHOP_TOKEN:-} if it may be empty, or $$ for a $ that is meant as it is written",
      position: { file: join(directory, "compose.yaml"), line: 6, column: 14 },
    });
    expect(model.services["web"]?.environment).toEqual({ KEPT: "$$SHOP_TOKEN", TOKEN: "" });
  });

  test("a file that a release would hold and that is not there, with the line", async () => {
    const directory = await project({
      "compose.yaml": [
        `${web}    expose: [80]`,
        "    volumes:",
        "      - ./overrides:/etc/over:ro",
        "      - { type: bind, source: ./conf, target: /conf, read_only: true, bind: { create_host_path: false } }",
      ].join("\n"),
    });
    const { findings } = await resolve(directory);
    expect(findings.filter(({ code }) => code === "mount-not-there")).toMatchObject([
      { severity: "warn", position: { file: join(directory, "compose.yaml"), line: 6 } },
      { severity: "error", position: { file: join(directory, "compose.yaml"), line: 7 } },
    ]);
  });

  test("what another service may write to and no release holds, with the line", async () => {
    const directory = await project({
      "compose.yaml": [
        `${web}    expose: [80]`,
        "    volumes: [./media:/media:ro]",
        "  uploads:",
        "    image: acme/uploads",
        "    expose: [80]",
        "    volumes: [./media:/media]",
      ].join("\n"),
    });
    const { findings } = await resolve(directory);
    expect(findings.filter(({ code }) => code === "files-of-the-host" || code === "mount-not-there")).toMatchObject([
      { severity: "info", service: "web", position: { file: join(directory, "compose.yaml"), line: 5 } },
    ]);
  });

  test("a password that is cut at its dollar in an env file", async () => {
    const directory = await project({
      "compose.yaml": `${web}    env_file: app.env\n`,
      "app.env": "USER=a\nDBPW=p$w\n",
    });
    const { findings, model } = await resolve(directory);
    expect(model.services["web"]?.environment?.["DBPW"]).toBe("p");
    expect(findings.find(({ code }) => code === "variable-not-set")).toMatchObject({
      message: "variable w is not set: the value in the env file is cut at its $",
      position: { file: join(directory, "app.env"), line: 2, column: 7 },
    });
  });

  test("what cannot be two, with the line, until it is accepted", async () => {
    const directory = await project({ "compose.yaml": `${web}    ports: ["8080:80"]\n    network_mode: host\n` });
    const { findings, services } = await resolve(directory);
    expect(findings.find(({ severity }) => severity === "error")).toMatchObject({
      code: "cannot-be-two",
      service: "web",
      position: { file: join(directory, "compose.yaml"), line: 5, column: 5 },
    });
    expect(services[0]?.strategy).toBe("recreate");
    const accepted = await resolve(directory, {
      config: parseConfig("services: { web: { strategy: recreate } }", "sluice.yaml"),
    });
    expect(accepted.findings.filter(({ severity }) => severity === "error")).toEqual([]);
  });
});

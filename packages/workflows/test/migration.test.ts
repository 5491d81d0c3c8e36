import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { migrationFile } from "../src/migration-file.ts";
import { workflowFacts } from "../src/workflow-facts.ts";
import { productionHere } from "./support/facts-of.ts";
import { ordinaryUse } from "./support/github-uses.ts";

let directory = "";
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "sluice-migration-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const web = { "compose.yml": "services:\n  web:\n    image: web\n" };

/** What Compose makes of the service that a line of a script becomes, where `$URL` is `outside`. */
async function composed(
  line: string,
  composeFiles: Readonly<Record<string, string>> = web,
): Promise<Readonly<Record<string, unknown>>> {
  const names = Object.keys(composeFiles);
  const workflow = {
    jobs: { a: { "runs-on": "self-hosted", steps: [{ run: line }, { run: "docker compose up -d" }] } },
  };
  const texts = names.map((path) => ({ path, text: composeFiles[path] ?? "" }));
  const { migration } = workflowFacts({
    composeFiles: texts,
    filesAreNamed: true,
    read: (path) => composeFiles[path] ?? null,
    envFileText: "",
    workflows: [{ path: ".github/workflows/ship.yml", text: JSON.stringify(workflow) }],
    hasDatabase: false,
    hasSubmodules: false,
    configVariables: [],
    timezone: "UTC",
    environment: productionHere,
    github: ordinaryUse,
  });
  if (!migration) throw new Error(`no step of ${line}`);
  const written = migrationFile(migration);
  for (const { path, text } of [...texts, written]) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), text);
  }
  const files = [...names, written.path].flatMap((path) => ["-f", path]);
  const env = { PATH: process.env["PATH"], HOME: directory, URL: "outside", COMPOSE_PROJECT_NAME: "migration" };
  const args = ["compose", ...files, "config", "--format", "json"];
  const config = execFileSync("docker", args, { cwd: directory, env, encoding: "utf8" });
  const { services } = JSON.parse(config) as { services: Record<string, Record<string, unknown>> };
  // `config` writes `$$` for a `$`, as its output is a compose file again.
  return JSON.parse(JSON.stringify(services["prestart"] ?? {}).replaceAll("$$", "$"));
}

it("a migration that becomes a service has the variables of its container, and of the shell only what the shell put in", async () => {
  expect(await composed(`docker compose run --rm web sh -c 'psql "$URL" -f migrate.sql'`)).toMatchObject({
    command: ["sh", "-c", 'psql "$URL" -f migrate.sql'],
  });
  expect(await composed(`docker compose run --rm web sh -c "load $URL \\$URL" \\$URL`)).toMatchObject({
    command: ["sh", "-c", "load outside $URL", "$URL"],
  });
  const settings = `-e 'A=$URL' -e "B=$URL \\$URL" --entrypoint 'sh -c "migrate $URL"'`;
  expect(await composed(`docker compose run ${settings} web`)).toMatchObject({
    entrypoint: ["sh", "-c", "migrate $URL"],
    environment: { A: "$URL", B: "outside $URL" },
  });
});

it("has of every compose file what it says of the service, and nothing of what serves", async () => {
  const base = `services:
  web:
    image: web:1
    env_file: base.env
    environment: { DATABASE_URL: development, KEPT: "1" }
    container_name: web
    hostname: web
    expose: ["80"]
    ports: ["8080:80"]
    labels: { traefik.enable: "true" }
    healthcheck: { test: [CMD, ready] }
    deploy: { resources: { limits: { memory: 1g } }, restart_policy: { condition: any } }
`;
  const production = `services:
  web:
    image: web:2
    env_file: production.env
    environment: { DATABASE_URL: production }
    networks: [inner]
    restart: always
    ports: ["8081:80"]
    deploy: { resources: { reservations: { memory: 512m } } }
networks: { inner: {} }
`;
  await writeFile(join(directory, "base.env"), "OF=base\nBASE=1\n");
  await writeFile(join(directory, "production.env"), "OF=production\n");
  const migration = await composed("docker compose run --rm web migrate", {
    "compose.yml": base,
    "compose.deploy.yml": production,
  });
  const { command, environment, image, networks, restart, deploy, healthcheck, ...others } = migration;
  expect({ command, environment, image, networks, restart, deploy }).toEqual({
    command: ["migrate"],
    environment: { DATABASE_URL: "production", KEPT: "1", OF: "production", BASE: "1" },
    image: "web:2",
    networks: { inner: null },
    restart: "no",
    deploy: { resources: { limits: { memory: "1073741824" } }, placement: {} },
  });
  expect(healthcheck).toMatchObject({ disable: true });
  expect(Object.keys(others)).toEqual(["entrypoint"]);
});

it("is like a service that only the second file has, or that lies in a directory below", async () => {
  const second = { "compose.yml": "services: { db: { image: db } }\n", "compose.deploy.yml": web["compose.yml"] };
  const below = { "deploy/compose.yml": web["compose.yml"], "deploy/more.yml": "services: { web: { user: app } }\n" };
  expect(await composed("docker compose run web migrate", second)).toMatchObject({
    image: "web",
    command: ["migrate"],
  });
  expect(await composed("docker compose run web migrate", below)).toMatchObject({ image: "web", user: "app" });
});

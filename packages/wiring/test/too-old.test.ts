import { execFileSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createDeployer } from "../src/index.ts";

let directory = "";
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "sluice-too-old-"));
  await writeFile(join(directory, "compose.yaml"), "services:\n  web: { image: app, ports: ['8080:8080'] }\n");
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const release = { tag: "v1", commit: null, dirty: false, source: "option" } as const;
const never = new AbortController().signal;
const docker = execFileSync("sh", ["-c", "command -v docker"], { encoding: "utf8" }).trim();

/** An engine of some version that has nothing, and takes nothing but the claim. `changes` is what it was asked beside that. */
async function emptyEngine(version: string) {
  const path = join(directory, "engine.sock");
  const changes: string[] = [];
  let claimed: unknown;
  const answers: Readonly<Record<string, unknown>> = {
    version: { Version: version, ApiVersion: "1.44", MinAPIVersion: "1.24", Os: "linux", Arch: "amd64" },
    info: { ServerVersion: version, LiveRestoreEnabled: true },
    "containers/json": [],
    networks: [],
    volumes: { Volumes: [], Warnings: null },
    "images/json": [],
  };
  const server = createServer((request, response) => {
    const { method = "", url = "" } = request;
    const [, name = ""] = /^(?:\/v[\d.]+)?\/([^?]*)/.exec(url) ?? [];
    response.setHeader("Api-Version", "1.44");
    if (name === "_ping") return void response.end("OK");
    void json(request)
      .catch(() => undefined)
      .then((body) => {
        if (method === "POST" && name === "volumes/create" && !claimed) claimed = body;
        else if (method !== "GET") changes.push(`${method} /${name}`);
        const answer = name.startsWith("volumes/") ? claimed : answers[name];
        response.writeHead(answer ? 200 : 404, { "content-type": "application/json" });
        response.end(JSON.stringify(answer ?? { message: `no such thing: ${name}` }));
      });
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return {
    changes,
    url: `unix://${path}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The docker command line of this machine with a plugin that says it is another version. */
async function composeThatSays(version: string): Promise<string> {
  const script = `#!/bin/sh\n[ "$1 $2" = "compose version" ] && echo ${version} && exit\nexec ${docker} "$@"\n`;
  await writeFile(join(directory, "docker"), script, { mode: 0o755 });
  return `${directory}:${process.env["PATH"]}`;
}

async function deployWith(engine: string, compose: string) {
  await using asked = await emptyEngine(engine);
  const env = { PATH: await composeThatSays(compose), HOME: directory, DOCKER_HOST: asked.url };
  const options = { stack: "shop", directory, env, actor: "ada", stateHome: join(directory, "home") };
  await using deployer = createDeployer(options);
  const error: unknown = await deployer.deploy({ release }, never).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return { error, changes: asked.changes };
}

it.each([
  {
    engine: "23.0.6",
    compose: "2.40.3",
    code: "ENGINE_TOO_OLD",
    says: "Docker Engine 23.0.6",
    update: "Docker Engine",
  },
  { engine: "20.10.24+dfsg1", compose: "2.40.3", code: "ENGINE_TOO_OLD", says: "20.10.24", update: "Docker Engine" },
  { engine: "28.0.1", compose: "2.25.0", code: "COMPOSE_TOO_OLD", says: "Compose 2.25.0", update: "compose plugin" },
  { engine: "24.0.0", compose: "v2.20.3", code: "COMPOSE_TOO_OLD", says: "Compose 2.20.3", update: "compose plugin" },
])(
  "engine $engine with Compose $compose: $code, and nothing but the claim is made",
  async ({ code, says, update, ...versions }) => {
    const { error, changes } = await deployWith(versions.engine, versions.compose);
    expect(error).toMatchObject({
      code,
      exitCode: 10,
      message: expect.stringContaining(says),
      hint: expect.stringContaining(update),
    });
    expect(changes).toEqual([]);
  },
);

it("the oldest that will do are not too old: what is missed then is something else", async () => {
  const { error } = await deployWith("24.0.0", "2.26.0");
  expect(error).toMatchObject({ code: "PREFLIGHT_FAILED", message: expect.stringContaining("of doors is not on") });
});

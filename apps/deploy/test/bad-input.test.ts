import { spawnSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const launcher = join(import.meta.dirname, "../bin/sluice.js");
const nobody = 65_534;

let root = "";
let checkout = "";
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "sluice-bad-"));
  // Also for a user without rights.
  await chmod(root, 0o755);
  checkout = join(root, "checkout");
  await mkdir(checkout);
  await write({ "compose.yaml": 'services:\n  web: { image: app, ports: ["8080:8080"] }\n' });
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) await writeFile(join(checkout, name), content);
}

interface Call {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly uid?: number;
}

/**
 * Runs the built command line where no engine is, and gives its exit code and the error that it told. Without `--`,
 * Node looks for the file of an `--env-file` itself.
 */
function refused({ args = ["deploy", "--release", "v1"], env = {}, uid }: Call) {
  const { status, stdout } = spawnSync(process.execPath, ["--", launcher, ...args, "--json"], {
    cwd: checkout,
    encoding: "utf8",
    timeout: 60_000,
    ...(uid === undefined ? {} : { uid, gid: uid }),
    env: {
      PATH: process.env["PATH"],
      HOME: root,
      DOCKER_HOST: `unix://${root}/nonexistent`,
      SLUICE_HOME: join(root, "home"),
      STACK_NAME: "bad",
      ...env,
    },
  });
  const events = stdout
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
  return { status, error: events.find(({ type }) => type === "error"), end: events.at(-1) };
}

interface Case extends Call {
  readonly files?: Readonly<Record<string, string>>;
  readonly code: string;
  /** Where the mistake is; nothing where there is no such place. */
  readonly position?: RegExp;
}

const cases: Readonly<Record<string, Case>> = {
  "a compose file that is no YAML": {
    files: { "compose.yaml": "services:\n  web:\n   image: [app\n" },
    code: "COMPOSE_INVALID",
    position: /compose\.yaml:\d+:\d+$/,
  },
  "a key that Compose does not know": {
    files: { "compose.yaml": "services:\n  web: { imag: app }\n" },
    code: "COMPOSE_INVALID",
    position: /compose\.yaml:2:10$/,
  },
  "a variable that must be set": {
    files: { "compose.yaml": 'services:\n  web: { image: "${IMAGE:?}" }\n' },
    code: "COMPOSE_INVALID",
    position: /compose\.yaml:2:18$/,
  },
  "a service that extends nothing": {
    files: { "compose.yaml": "services:\n  web:\n    extends:\n" },
    code: "COMPOSE_INVALID",
    position: /compose\.yaml:3:5$/,
  },
  "an env file with a quote that is not closed": {
    files: { ".env": 'A=1\nPASSWORD="cut$\n' },
    code: "COMPOSE_INVALID",
    position: /\.env:\d+$/,
  },
  "a configuration that is no YAML": { files: { "sluice.yaml": "a: [\n" }, code: "CONFIG_INVALID", position: /:2:1$/ },
  "a key that Sluice does not know": {
    files: { "sluice.yaml": "rolout: {}\n" },
    code: "CONFIG_INVALID",
    position: /^sluice\.yaml:1:1$/,
  },
  "a configuration that is not there": {
    args: ["deploy", "--release", "v1", "--config", "no.yaml"],
    code: "CONFIG_INVALID",
    position: /no\.yaml$/,
  },
  "a service in the configuration that is not in the project": {
    files: { "sluice.yaml": "services: { wep: { port: 80 } }\n" },
    code: "CONFIG_INVALID",
  },
  "a check of a service that is not there": {
    files: { "sluice.yaml": "checks:\n  - service: wep\n    http: { path: / }\n" },
    code: "CONFIG_INVALID",
    position: /^sluice\.yaml:2:14$/,
  },
  "a compose file that is not there": { args: ["deploy", "--release", "v1", "-f", "no.yaml"], code: "COMPOSE_INVALID" },
  "an env file that is not there": {
    args: ["deploy", "--release", "v1", "--env-file", "no.env"],
    code: "COMPOSE_INVALID",
  },
  "a tag that leads elsewhere": { args: ["deploy", "--release", "../../x"], code: "NAME_INVALID" },
  "a tag that is a command": { args: ["deploy", "--release", "v1;rm"], code: "NAME_INVALID" },
  "an event that is no JSON": {
    args: ["deploy"],
    files: { "event.json": "{" },
    env: { GITHUB_EVENT_PATH: "event.json" },
    code: "EVENT_INVALID",
  },
  "an event file that is not there": { args: ["deploy"], env: { GITHUB_EVENT_PATH: "no.json" }, code: "EVENT_INVALID" },
  "no engine": { code: "ENGINE_UNREACHABLE" },
};

describe("is refused with a code, a place, and what to do:", () => {
  it.each(Object.entries(cases))("%s", async (_name, { files = {}, code, position, ...call }) => {
    await write(files);
    const before = (await readdir(checkout)).toSorted();
    const { status, error, end } = refused(call);
    expect(error).toMatchObject({ code, hint: expect.stringMatching(/\w/), message: expect.stringMatching(/\w/) });
    expect(status).toBe(code === "ENGINE_UNREACHABLE" ? 10 : 2);
    expect(String(error?.["position"])).toMatch(position ?? /^/);
    expect(end).toMatchObject({ type: "deployment-end", outcome: "refused", exitCode: status });
    expect((await readdir(checkout)).toSorted()).toEqual(before);
    expect(await readdir(root)).not.toContain("home");
  });

  it.each([
    ["no compose plugin", "docker: 'compose' is not a docker command.", 1, "COMPOSE_MISSING"],
    ["an old Compose", "unknown flag: --format", 16, "COMPOSE_TOO_OLD"],
  ])("%s", async (_name, says, exitCode, code) => {
    await writeFile(join(root, "docker"), `#!/bin/sh\necho "${says}" >&2; exit ${exitCode}\n`, { mode: 0o755 });
    const { status, error } = refused({ env: { PATH: `${root}:${process.env["PATH"]}` } });
    expect({ status, error }).toMatchObject({ status: 10, error: { code, hint: expect.stringContaining("plugin") } });
  });

  it.skipIf(process.getuid?.() !== 0)("a socket that this user may not open", async () => {
    const socket = join(root, "engine.sock");
    const server = createServer();
    await new Promise<void>((resolve) => {
      server.listen(socket, resolve);
    });
    await chmod(socket, 0o600);
    await mkdir(join(root, "home"));
    await chmod(join(root, "home"), 0o777);
    const { status, error } = refused({
      env: { DOCKER_HOST: `unix://${socket}`, SLUICE_HOME: join(root, "home", "bad") },
      uid: nobody,
    });
    server.close();
    expect({ status, error }).toMatchObject({
      status: 10,
      error: {
        code: "ENGINE_UNREACHABLE",
        message: expect.stringContaining("EACCES"),
        hint: expect.stringContaining("user"),
      },
    });
  });

  it("a state home that is a file, and a record that a newer Sluice wrote, with its line", async () => {
    const home = join(root, "home");
    await writeFile(home, "");
    expect(refused({})).toMatchObject({ status: 10, error: { code: "HOME_UNUSABLE" } });
    await rm(home);
    await mkdir(home);
    const description = { version: 1, id: "h1", stack: "bad", createdAt: "2026-01-01T00:00:00.000Z" };
    await writeFile(join(home, "home.json"), JSON.stringify(description));
    await writeFile(join(home, "journal.ndjson"), '{"v":2,"seq":1}\n');
    const { status, error } = refused({ args: ["history"] });
    expect({ status, error }).toMatchObject({ status: 10, error: { code: "JOURNAL_NEWER" } });
    expect(error?.["position"]).toMatch(/journal\.ndjson:1$/);
  });
});

import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { chmod, mkdir, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readRunners } from "../src/doctor/read-runner.ts";
import { createDeployer } from "../src/index.ts";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "sluice-doctor-"));
});
afterEach(() => rm(directory, { recursive: true }));

const write = async (path: string, text: string, mode = 0o600) => {
  await mkdir(dirname(join(directory, path)), { recursive: true });
  await writeFile(join(directory, path), text);
  await chmod(join(directory, path), mode);
};
const git = (...args: readonly string[]) => promisify(execFile)("git", args, { cwd: directory });

async function security(other: Readonly<Record<string, string | undefined>> = {}): Promise<readonly string[]> {
  const socket = `unix://${join(directory, "docker.sock")}`;
  const env = { PATH: process.env["PATH"], HOME: directory, DOCKER_HOST: socket, ...other };
  const options = { directory, stack: "shop", env, actor: "ada", stateHome: join(directory, "home") };
  await using deployer = createDeployer(options);
  const { diagnoses } = await deployer.doctor(AbortSignal.timeout(60_000), "security");
  return diagnoses.map(({ severity, code }) => `${severity} ${code}`);
}

describe("the doctor of security", () => {
  it("says nothing of a project that keeps its secrets, and needs no engine", async () => {
    await git("init", "-q");
    await write(
      "compose.yml",
      "services:\n  web:\n    image: web\n    environment: { SECRET_KEY: '${SECRET_KEY:?}', API_TOKEN: '${API_TOKEN:-none}' }\n",
    );
    await write(".env", "SECRET_KEY=k9x\nexport API_TOKEN='k8y' # Not the default.\n");
    await write(".gitignore", ".env\nhome\n");
    await write("docker.sock", "", 0o660);
    expect(await security()).toEqual([]);
  });

  it("finds what is planted in files", async () => {
    await git("init", "-q");
    const services = [
      "db: { image: postgres:16, ports: ['5432:5432'], environment: { POSTGRES_PASSWORD: changethis } }",
      "proxy: { image: traefik, ports: ['80:80'], volumes: ['/var/run/docker.sock:/var/run/docker.sock:ro'] }",
      "probe: { image: probe, privileged: true, pid: host, volumes: ['/:/host'] }",
    ];
    await write("compose.yml", `services:\n${services.map((service) => `  ${service}\n`).join("")}`);
    await write("compose.override.yml", "services:\n  db:\n    environment:\n      API_TOKEN: k9x\n");
    await write(".env", "DB_PASSWORD=k9x\n", 0o644);
    await write("docker.sock", "", 0o666);
    const steps = "[{ uses: actions/checkout@v4 }, { run: 'echo ${{ github.event.pull_request.title }}' }]";
    await write(
      ".github/workflows/ci.yml",
      `on: pull_request\njobs: { a: { runs-on: [self-hosted], steps: ${steps} } }\n`,
    );
    await git("add", "-f", ".env");
    expect((await security()).toSorted()).toEqual([
      "error data-published",
      "error env-file-committed",
      "error secret-in-compose",
      "error secret-known",
      "error socket-world-writable",
      "error workflow-foreign-code",
      "error workflow-injection",
      "warn env-file-readable",
      "warn root-mounted",
      "warn service-in-host",
      "warn service-privileged",
      "warn socket-mounted",
      "warn workflow-permissions",
      "warn workflow-unpinned",
    ]);
  });
});

it("the doctor of security sees a state home that others may read, and leaves it so", async () => {
  await git("init", "-q");
  await write("compose.yml", "services:\n  web:\n    image: web\n");
  await write("docker.sock", "", 0o660);
  await mkdir(join(directory, "home"));
  await chmod(join(directory, "home"), 0o755);
  expect(await security()).toEqual(["error home-readable"]);
  expect((await stat(join(directory, "home"))).mode & 0o777).toBe(0o755);
});

it("the doctor of security finds the engine where Docker's context has it", async () => {
  await git("init", "-q");
  await write("compose.yml", "services:\n  web:\n    image: web\n");
  const meta = join("docker", "contexts", "meta", createHash("sha256").update("server").digest("hex"), "meta.json");
  await write("docker/config.json", JSON.stringify({ currentContext: "server" }));
  await write(meta, JSON.stringify({ Endpoints: { docker: { Host: "tcp://127.0.0.1:1" } } }));
  const found = await security({ DOCKER_HOST: undefined, DOCKER_CONFIG: join(directory, "docker") });
  expect(found).toEqual(["error engine-without-tls"]);
});

describe("runners", () => {
  it("are found by what GitHub's runner leaves", async () => {
    await write("actions-runner/bin/Runner.Listener", "", 0o755);
    await write("actions-runner/_work/x", "");
    await write("actions-runner-2/bin/Runner.Listener", "", 0o755);
    await write("actions-runner-2/.runner", "{}");
    await write("actions-runner-2/.service", "actions.runner.none.service\n");
    await write("run.sh", "");
    await write("actions-runner-3/run.sh", "");
    await write("other/bin/Runner.Listener", "");
    const places = { directories: [directory, join(directory, "nowhere")], engineUsers: new Set(["nobody-else"]) };
    const runners = await readRunners(places, AbortSignal.timeout(10_000));
    expect(runners.toSorted((a, b) => (a.directory < b.directory ? -1 : 1))).toMatchObject([
      { directory: join(directory, "actions-runner"), isRegistered: false, unit: null, isActive: null },
      { isRegistered: true, place: null, unit: "actions.runner.none.service", workFreeBytes: null },
    ]);
    expect(runners.find(({ unit }) => unit === null)?.workFreeBytes).toBeGreaterThan(0);
  });
});

import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { type CliRun, type RunningCli, startCli } from "./cli.ts";
import { removeStack, standingOf } from "./engine.ts";

const run = promisify(execFile);
const makeRelease = join(import.meta.dirname, "../../../examples/shop/bin/make-release.mjs");

/**
 * As the example's own, but quick, and patient on a busy machine: time to start, and for a database that stands still or
 * whose name the engine does not tell a new container yet (seen once: `ENOTFOUND db` for a second at least).
 * `--env hasty` gives a version little time, `--env careful` takes backups, `--env asking` asks before everybody gets it,
 * `--env testing` lets testers in first, `--env sudden` gives it to everybody at once.
 */
const shopConfig = `checks:
  - service: web
    http: { path: /version, contains: '"version"' }
  - service: web
    http: { path: /api/products, maxTime: 5s }
    retries: 9
services:
  web:
    health: { path: /healthz }
    startTimeout: 3m
    # It has none, but for those that a test gives it.
    sharedVolumes: true
  db: { startTimeout: 5m }
traffic:
  drain: { timeout: 5s }
rollout:
  steps: [{ share: 50, for: 1s }, 100]
  bake: 1s
environments:
  hasty:
    services: { web: { startTimeout: 10s } }
  frozen:
    windows: { freezes: [{ from: 2020-01-01, until: 2099-12-31, reason: a freeze of this test }] }
  sudden:
    rollout: { steps: [100], bake: 0s }
    traffic: { drain: { timeout: 1s } }
    releases: { keep: 20 }
  asking:
    rollout: { steps: [{ share: 50, for: 1s }, { share: 100, approval: true }] }
    analysis: { enabled: false }
  testing:
    traffic: { testers: { name: X-Release, value: next-1234 } }
    rollout: { steps: [{ share: 50, for: 6s, approval: true }, 100] }
    analysis: { onNoData: synthetic }
  careful:
    database: { service: db }
`;

/**
 * Without a health check each deployment waits 3 s to see whether the worker runs on. What is healthy is looked at seldom: each
 * look is a process of its own, and all looks of all containers took a core. What a new database has on disk before it is ready need
 * not outlive the machine.
 */
const quickShop = `services:
  web:
    healthcheck: { interval: 10s, retries: 2 }
  worker:
    healthcheck: { test: [CMD-SHELL, "true"], interval: 30s, start_period: 30s, start_interval: 1s }
  db:
    environment: { POSTGRES_INITDB_ARGS: --no-sync }
    healthcheck: { interval: 10s }
`;

/** A health check of a service that answers HTTP and runs on Node, as a line of a compose file; see `quickShop`. */
export function listening(port: number): string {
  const script = `fetch('http://127.0.0.1:${port}/').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))`;
  return `healthcheck: { test: ["CMD", "node", "-e", "${script}"], interval: 30s, start_period: 30s, start_interval: 2s }`;
}

/** For a whole scenario, on a machine that has other things to do. */
export const patience = { timeout: 600_000 };

export interface Release {
  /** `breaking` renames a column that the versions before read. */
  readonly migrations?: "breaking" | undefined;
  readonly mode?:
    | "good"
    | "unhealthy"
    | "err20"
    | "errroute"
    | "crash"
    | "crashstart"
    | "slow"
    | "slow2x"
    | "leak"
    | "errlog";
  readonly startupMs?: number;
}

/** A stack under a name and a port of its own, and the command line in its checkout. */
export interface Stack extends AsyncDisposable {
  readonly stack: string;
  readonly checkout: string;
  readonly port: number;
  /** What every command is given. */
  readonly options: readonly string[];
  /** What commands see of the environment. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Runs the command line with `--json` to its end. Throws what it said when it ends with another exit code. */
  sluice(exitCode: number, ...args: readonly string[]): Promise<CliRun>;
  start(...args: readonly string[]): RunningCli;
  /** The same stack, for commands that see more of the environment. */
  with(more: Readonly<Record<string, string>>): Pick<Stack, "sluice" | "start">;
}

/** The example shop. */
export interface Shop extends Stack {
  /** Where users find it. */
  readonly url: string;
  /** Commits and tags a version; its checkout is what the next command sees. */
  release(tag: string, release?: Release): Promise<void>;
  /** Commit of the last release. */
  commit(): Promise<string>;
}

/** A project that a test writes. */
export interface Project extends Stack {
  /** Commits and tags these files, beside those that are there. */
  release(tag: string, files: Readonly<Record<string, string>>): Promise<void>;
}

/**
 * The example shop, made quick: with a health check of its worker.
 *
 * @param more sections of the configuration beside the usual ones, as YAML
 * @param env variables beside the usual ones
 */
export async function openShop(more = "", env: Readonly<Record<string, string>> = {}): Promise<Shop> {
  const shop = await openExampleShop(more, env);
  await mkdir(shop.checkout);
  await writeFile(join(shop.checkout, "docker-compose.override.yml"), quickShop);
  return shop;
}

/** The example shop as it is; see `openShop`. */
export async function openExampleShop(more = "", env: Readonly<Record<string, string>> = {}): Promise<Shop> {
  const shop = await openStack(`${shopConfig}${more}`, env);
  return {
    ...shop,
    url: `http://127.0.0.1:${shop.port}/api/products`,
    async release(tag, { mode = "good", startupMs = 500, migrations } = {}) {
      const flags = ["--mode", mode, "--startup-ms", String(startupMs)];
      if (migrations) flags.push("--migrations", migrations);
      await run(process.execPath, [makeRelease, shop.checkout, tag, ...flags]);
    },
    async commit() {
      return (await run("git", ["rev-parse", "HEAD"], { cwd: shop.checkout })).stdout.trim();
    },
  };
}

/** @param env variables beside the usual ones */
export async function openProject(config: string, env: Readonly<Record<string, string>> = {}): Promise<Project> {
  const project = await openStack(config, env);
  const { checkout } = project;
  const git = (...args: readonly string[]) =>
    run("git", ["-c", "user.name=e2e", "-c", "user.email=e2e@example.invalid", ...args], { cwd: checkout });
  await mkdir(checkout);
  await git("init", "-q");
  return {
    ...project,
    async release(tag, files) {
      for (const [name, content] of Object.entries(files)) {
        await mkdir(dirname(join(checkout, name)), { recursive: true });
        await writeFile(join(checkout, name), content);
      }
      await git("add", "-A");
      await git("-c", "commit.gpgsign=false", "commit", "-q", "--no-verify", "-m", tag);
      await git("-c", "tag.gpgsign=false", "tag", tag);
    },
  };
}

/** A variable of this process, where it has it. */
function seen(name: string): Readonly<Record<string, string>> {
  const value = process.env[name];
  return value ? { [name]: value } : {};
}

async function openStack(config: string, more: Readonly<Record<string, string>> = {}): Promise<Stack> {
  const stack = `sluice-e2e-${randomBytes(4).toString("hex")}`;
  const directory = await mkdtemp(join(tmpdir(), `${stack}-`));
  const checkout = join(directory, "checkout");
  const port = await freePort();
  await writeFile(join(directory, "sluice.yaml"), config);
  const env = {
    PATH: process.env["PATH"],
    HOME: process.env["HOME"],
    ...seen("DOCKER_HOST"),
    ...seen("DOCKER_CONFIG"),
    SHOP_PORT: String(port),
    NODE_IMAGE: "sluice-test/shop-base",
    POSTGRES_IMAGE: "sluice-test/postgres:15",
    STACK_NAME: stack,
    SLUICE_HOME: join(directory, "home"),
    ...more,
  };
  const options = ["--config", join(directory, "sluice.yaml")];
  const running = new Set<RunningCli>();
  const startIn = (given: NodeJS.ProcessEnv, args: readonly string[]) => {
    const cli = startCli([...args, "--json", ...options], checkout, given);
    running.add(cli);
    void cli.done.finally(() => running.delete(cli)).catch(() => {});
    return cli;
  };
  const commands = (given: NodeJS.ProcessEnv): Pick<Stack, "sluice" | "start"> => ({
    start: (...args) => startIn(given, args),
    async sluice(exitCode, ...args) {
      const ran = await startIn(given, args).done;
      if (ran.exitCode === exitCode) return ran;
      const story = `${storyOf(ran)}\n${await standingOf(stack, given)}`;
      throw new Error(`sluice ${args.join(" ")} ended with ${ran.exitCode}, expected ${exitCode}:\n${story}`);
    },
  });
  return {
    stack,
    checkout,
    port,
    options,
    env,
    ...commands(env),
    with: (more) => commands({ ...env, ...more }),
    async [Symbol.asyncDispose]() {
      for (const cli of running) cli.process.kill("SIGKILL");
      await Promise.allSettled([...running].map(({ done }) => done));
      await removeStack(stack);
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** What a command said, without the lines of builds. */
function storyOf({ stdout, stderr }: CliRun): string {
  const lines = stdout.split("\n").filter((line) => !line.includes('"source":"build"'));
  return `${lines.join("\n")}${stderr}`;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  await new Promise((resolve) => {
    server.close(resolve);
  });
  if (typeof address !== "object" || !address) throw new Error("no free port");
  return address.port;
}

import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { removeLeftEngines } from "./left-engines.ts";
import { engineName, parent } from "./names.ts";
import { makeNetwork } from "./network.ts";

const run = promisify(execFile);
const startTimeoutMs = 60_000;

/** A Docker engine of its own, with a network of its own: nothing on it is seen by, or does anything to, this machine's. */
export interface SecondEngine extends AsyncDisposable {
  /** Where its published ports are, from this machine only. */
  readonly address: string;
  /** Where it is reached, as `DOCKER_HOST` has it. */
  readonly host: string;
  /** Files that both sides see. */
  readonly directory: string;
  /** The docker command line on it; what it printed. */
  docker(...args: readonly string[]): Promise<string>;
  /** Changes what can be changed while it runs, such as `live-restore`. It counts for a restart, too. */
  configure(configuration: Configuration): Promise<void>;
  /** Ends it by a signal, and starts it again; resolves when it answers. */
  restart(signal: EngineSignal): Promise<void>;
}

/** As in Docker's `daemon.json`. */
export type Configuration = Readonly<Record<string, unknown>>;

/** SIGTERM is what `systemctl restart docker` sends; SIGKILL is what the kernel does when memory is short. */
export type EngineSignal = "SIGTERM" | "SIGKILL";

export interface SecondEngineOptions {
  /** Images of this machine's engine that it gets: a registry is not to be had there. */
  readonly images: readonly string[];
  /** What runs beside it: what is needed in the directory, and lines of a shell, with that directory as `$1`. */
  readonly beside?: { readonly prepare: (directory: string) => Promise<void>; readonly script: string };
}

/**
 * In a network, a mount and a pid namespace: it shares no file with this machine but those of the directory, and when
 * its first process ends, everything in it ends. That one stands for the init system: it ends with the engine, but where
 * a file says that this is a restart, and outlives as containers can. The machine's own configuration of the engine is
 * not its: of that nothing is known here. Like that engine it has the ordinary priority, whatever this process has.
 */
const machine = (beside: string) => `set -e
renice -n 0 -p $$ > /dev/null 2>&1 || true
mount --make-rprivate /
mount -t tmpfs none /run
mount -t tmpfs none /tmp
mkdir -p /var/lib/docker
mount --bind "$1/docker" /var/lib/docker
${beside}
set +e
while :; do
  dockerd --config-file "$1/daemon.json" -H unix:///var/run/docker.sock -H "unix://$1/docker.sock" >> "$1/dockerd.log" 2>&1 &
  echo $! > "$1/dockerd.pid"
  wait $!
  rm "$1/restart" || exit 1
done
`;

/**
 * Starts an engine that ends with this process, however that ends. What is left of one whose process was killed is
 * removed by the next. Takes 2 s, and some for the images. {@link whyNoSecondEngine} says where it cannot be.
 */
export async function startSecondEngine({ images, beside }: SecondEngineOptions): Promise<SecondEngine> {
  await removeLeftEngines();
  const name = engineName();
  await using begun = new AsyncDisposableStack();
  const { address } = begun.use(await makeNetwork(name));
  const directory = begun.adopt(await mkdtemp(join(parent, `${name}-`)), (path) =>
    rm(path, { recursive: true, force: true, maxRetries: 10 }),
  );
  await mkdir(join(directory, "docker"));
  const settings = join(directory, "daemon.json");
  await writeFile(settings, "{}\n");
  await beside?.prepare(directory);
  const inside = begun.adopt(startInside(name, machine(beside?.script ?? ""), directory), end);

  const host = `unix://${directory}/docker.sock`;
  const docker = async (...args: readonly string[]) =>
    (await run("docker", args, { env: { ...process.env, DOCKER_HOST: host } })).stdout.trim();
  await untilAnswers(docker, inside, directory);
  // With their containers, cgroups go too.
  begun.defer(async () => {
    const left = await docker("ps", "-aq");
    if (left !== "") await docker("rm", "-f", ...left.split("\n"));
  });
  await run("sh", ["-c", `docker save "$@" | DOCKER_HOST=${host} docker load`, "sh", ...images]);
  const started = begun.move();
  return {
    address,
    host,
    directory,
    docker,
    async configure(configuration) {
      await writeFile(settings, `${JSON.stringify(configuration)}\n`);
      await tell(inside, directory, "SIGHUP");
    },
    async restart(signal) {
      await writeFile(join(directory, "restart"), "");
      const before = await tell(inside, directory, signal);
      await untilAnother(before, directory);
      await untilAnswers(docker, inside, directory);
    },
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  };
}

/** Sends the engine's process a signal; its number, in its own namespace. */
async function tell(inside: ChildProcess, directory: string, signal: NodeJS.Signals): Promise<string> {
  const number = await processOf(directory);
  // The only child of what was started here is the first process of the namespace.
  const first = (await readFile(`/proc/${inside.pid}/task/${inside.pid}/children`, "utf8")).trim();
  await run("nsenter", [`--target=${first}`, "--pid", "sh", "-c", `kill -${signal.slice(3)} ${number}`]);
  return number;
}

const processOf = async (directory: string) => (await readFile(join(directory, "dockerd.pid"), "utf8")).trim();

async function untilAnother(before: string, directory: string): Promise<void> {
  const deadline = performance.now() + startTimeoutMs;
  for (let now = before; now === before || now === ""; now = await processOf(directory)) {
    if (performance.now() > deadline) throw new Error(`the second engine does not end (process ${before})`);
    await sleep(50);
  }
}

function startInside(network: string, script: string, directory: string): ChildProcess {
  const apart = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"];
  const inside = ["nsenter", `--net=/run/netns/${network}`, ...apart, "sh", "-c", script, "sh", directory];
  return spawn("setpriv", ["--pdeathsig", "KILL", ...inside], { stdio: "ignore" });
}

const hasEnded = ({ exitCode, signalCode }: ChildProcess) => exitCode !== null || signalCode !== null;

async function end(inside: ChildProcess): Promise<void> {
  if (hasEnded(inside)) return;
  inside.kill("SIGKILL");
  await once(inside, "exit");
}

async function untilAnswers(docker: SecondEngine["docker"], inside: ChildProcess, directory: string): Promise<void> {
  const deadline = performance.now() + startTimeoutMs;
  for (;;) {
    try {
      await docker("version");
      return;
    } catch (cause) {
      if (hasEnded(inside) || performance.now() > deadline) {
        const log = await readFile(join(directory, "dockerd.log"), "utf8").catch(() => "no log");
        throw new Error(`the second engine does not answer:\n${log.slice(-2_000)}`, { cause });
      }
      await sleep(200);
    }
  }
}

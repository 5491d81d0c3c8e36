import { execFile, spawn, spawnSync } from "node:child_process";
import { randomBytes, randomInt } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

const run = promisify(execFile);
const machine = join(import.meta.dirname, "far-engine.sh");
/** Not `/tmp`, which is another one there. */
const parent = "/var/tmp";
const startTimeoutMs = 60_000;
const images = ["sluice-test/shop-base", "sluice-test/postgres:15", "sluice/door:3.0"];

/** A Docker engine of its own behind an ssh server of its own. */
export interface FarEngine extends AsyncDisposable {
  /** Where its published ports are. */
  readonly address: string;
  /** What a command sees that is to use it. */
  readonly env: Readonly<Record<string, string>>;
  /** The docker command line on it. */
  docker(...args: readonly string[]): Promise<string>;
}

/** Why there can be no second engine on this machine; `""` where there can. */
export function whyNoFarEngine(): string {
  if (process.getuid?.() !== 0) return "only root may make network namespaces";
  const needed = ["/usr/sbin/sshd", "/usr/bin/ssh", "/usr/bin/nsenter", "/usr/bin/unshare"];
  const missing = needed.filter((path) => !existsSync(path));
  if (missing.length > 0) return `there is no ${missing.join(", ")}`;
  const { status } = spawnSync("unshare", ["--net", "--mount", "--pid", "--fork", "true"], { stdio: "ignore" });
  return status === 0 ? "" : "this machine makes no namespaces";
}

export async function startFarEngine(): Promise<FarEngine> {
  const name = `slf-${randomBytes(3).toString("hex")}`;
  const directory = await mkdtemp(join(parent, `sluice-${name}-`));
  const near = `198.18.${randomInt(256)}.${4 * randomInt(64)}`;
  const host = (offset: number) => near.replace(/\d+$/, (last) => String(Number(last) + offset));
  await makeNetwork(name, host(1), host(2));
  await writeConfiguration(directory);
  const apart = ["--mount", "--pid", "--fork", "--kill-child", "--mount-proc"];
  const inside = spawn("nsenter", [`--net=/run/netns/${name}`, "unshare", ...apart, "sh", machine, directory], {
    stdio: "ignore",
  });
  const env = { DOCKER_HOST: `ssh://root@${host(2)}`, PATH: `${directory}/bin:${process.env["PATH"]}` };
  const docker = async (...args: readonly string[]) =>
    (await run("docker", args, { env: { ...process.env, ...env } })).stdout.trim();
  const end = async () => {
    if (inside.exitCode === null && inside.signalCode === null) {
      inside.kill("SIGKILL");
      await once(inside, "exit");
    }
    await run("ip", ["netns", "del", name]);
    await rm(directory, { recursive: true, force: true, maxRetries: 10 });
  };
  try {
    await untilAnswers(docker, directory);
    // Root on this machine is root on that one: through a pipe, as a registry is not to be had.
    const load = `docker save ${images.join(" ")} | DOCKER_HOST=${env.DOCKER_HOST} PATH=${env.PATH} docker load`;
    await run("sh", ["-c", load]);
  } catch (error) {
    await end();
    throw error;
  }
  return {
    address: host(2),
    env,
    docker,
    async [Symbol.asyncDispose]() {
      const left = await docker("ps", "-aq").catch(() => "");
      if (left !== "") await docker("rm", "-f", ...left.split("\n")).catch(() => undefined);
      await run("ssh", ["-F", `${directory}/ssh_config`, "-O", "exit", `root@${host(2)}`]).catch(() => undefined);
      await end();
    },
  };
}

async function makeNetwork(name: string, here: string, there: string): Promise<void> {
  const ip = (...args: readonly string[]) => run("ip", [...args]);
  await ip("netns", "add", name);
  // With the namespace its end of the pair goes, and with that ours.
  await ip("link", "add", name, "type", "veth", "peer", "name", "far", "netns", name);
  await ip("addr", "add", `${here}/30`, "dev", name);
  await ip("link", "set", name, "up");
  await ip("-n", name, "addr", "add", `${there}/30`, "dev", "far");
  await ip("-n", name, "link", "set", "far", "up");
  await ip("-n", name, "link", "set", "lo", "up");
}

async function writeConfiguration(directory: string): Promise<void> {
  const file = (name: string) => join(directory, name);
  await Promise.all(["docker", "bin"].map((name) => mkdir(file(name))));
  for (const key of ["host", "user"]) await run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", file(key)]);
  await writeFile(
    file("sshd_config"),
    [
      `HostKey ${file("host")}`,
      `AuthorizedKeysFile ${file("user.pub")}`,
      "PermitRootLogin prohibit-password",
      "StrictModes no",
      "UsePAM no",
      "PidFile none",
      "MaxSessions 100",
    ].join("\n"),
  );
  // As Docker's documentation advises for ssh: one connection, over which all go.
  await writeFile(
    file("ssh_config"),
    [
      "Host *",
      `IdentityFile ${file("user")}`,
      "IdentitiesOnly yes",
      `UserKnownHostsFile ${file("known_hosts")}`,
      "StrictHostKeyChecking accept-new",
      "ControlMaster auto",
      `ControlPath ${file("master")}`,
      "ControlPersist 30",
    ].join("\n"),
  );
  // OpenSSH looks for its files in the home of the user, whatever HOME says.
  await writeFile(file("bin/ssh"), `#!/bin/sh\nexec /usr/bin/ssh -F ${file("ssh_config")} "$@"\n`);
  await chmod(file("bin/ssh"), 0o755);
}

async function untilAnswers(docker: FarEngine["docker"], directory: string): Promise<void> {
  const deadline = performance.now() + startTimeoutMs;
  for (;;) {
    try {
      await docker("version");
      return;
    } catch (cause) {
      if (performance.now() > deadline) {
        const log = await readFile(join(directory, "dockerd.log"), "utf8").catch(() => "no log");
        throw new Error(`the second engine does not answer:\n${log.slice(-2_000)}`, { cause });
      }
      await sleep(200);
    }
  }
}

import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { startSecondEngine, whyNoSecondEngine } from "@sluice/testing/second-engine";

const run = promisify(execFile);
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

/** Why there can be no second engine behind ssh on this machine; `""` where there can. */
export function whyNoFarEngine(): string {
  const missing = ["/usr/sbin/sshd", "/usr/bin/ssh"].filter((path) => !existsSync(path));
  return missing.length > 0 ? `there is no ${missing.join(", ")}` : whyNoSecondEngine();
}

export async function startFarEngine(): Promise<FarEngine> {
  await using begun = new AsyncDisposableStack();
  const script = 'mkdir -p /run/sshd\n/usr/sbin/sshd -f "$1/sshd_config" -E "$1/sshd.log"';
  const engine = begun.use(await startSecondEngine({ images, beside: { prepare: writeConfiguration, script } }));
  const { address, directory } = engine;
  const env = { DOCKER_HOST: `ssh://root@${address}`, PATH: `${directory}/bin:${process.env["PATH"]}` };
  begun.defer(async () => {
    await run("ssh", ["-F", `${directory}/ssh_config`, "-O", "exit", `root@${address}`]).catch(() => undefined);
  });
  const docker = async (...args: readonly string[]) =>
    (await run("docker", args, { env: { ...process.env, ...env } })).stdout.trim();
  await docker("version");
  const started = begun.move();
  return { address, env, docker, [Symbol.asyncDispose]: () => started.disposeAsync() };
}

async function writeConfiguration(directory: string): Promise<void> {
  const file = (name: string) => `${directory}/${name}`;
  await mkdir(file("bin"));
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
      // A shell of the user's own would read their files first, each time, whatever these do.
      `SetEnv HOME=${directory}`,
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

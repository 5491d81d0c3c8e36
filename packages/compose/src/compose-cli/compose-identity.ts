import { readFile, stat } from "node:fs/promises";
import { delimiter, join } from "node:path";
import type { Environment } from "../engine/endpoint.ts";

/** Where the docker command looks for plugins after the user's own directories, in its order. */
const systemDirectories = [
  "/usr/local/lib/docker/cli-plugins",
  "/usr/local/libexec/docker/cli-plugins",
  "/usr/lib/docker/cli-plugins",
  "/usr/libexec/docker/cli-plugins",
];

/**
 * Tells one installation of docker and its compose plugin from another without starting them: path, size, inode and
 * time of change of both files. `null` where either cannot be found.
 */
export async function composeIdentity(env: Environment): Promise<string | null> {
  const configuration = env["DOCKER_CONFIG"] || join(env["HOME"] ?? "/", ".docker");
  const [docker, plugin] = await Promise.all([
    firstFile((env["PATH"] ?? "").split(delimiter).filter(Boolean), "docker"),
    pluginDirectories(configuration).then((directories) => firstFile(directories, "docker-compose")),
  ]);
  return docker && plugin ? `${docker} ${plugin}` : null;
}

async function pluginDirectories(configuration: string): Promise<readonly string[]> {
  const extra = await readFile(join(configuration, "config.json"), "utf8")
    .then((text) => (JSON.parse(text) as { cliPluginsExtraDirs?: readonly string[] }).cliPluginsExtraDirs ?? [])
    .catch(() => []);
  return [...extra, join(configuration, "cli-plugins"), ...systemDirectories];
}

async function firstFile(directories: readonly string[], name: string): Promise<string | null> {
  for (const directory of directories) {
    const path = join(directory, name);
    const found = await stat(path).catch(() => null);
    if (found?.isFile()) return [path, found.size, found.ino, found.ctimeMs].join(":");
  }
  return null;
}

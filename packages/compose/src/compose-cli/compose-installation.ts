import { open, readFile, stat } from "node:fs/promises";
import { delimiter, join } from "node:path";
import type { Environment } from "../engine/endpoint.ts";

/** Where the docker command looks for plugins after the user's own directories, in its order. */
const systemDirectories = [
  "/usr/local/lib/docker/cli-plugins",
  "/usr/local/libexec/docker/cli-plugins",
  "/usr/lib/docker/cli-plugins",
  "/usr/libexec/docker/cli-plugins",
];

interface InstalledFile {
  readonly path: string;
  /** Another after every change of the file. */
  readonly identity: string;
}

/**
 * Tells one installation of docker and its compose plugin from another without starting them: path, size, inode and
 * time of change of both files. `null` where either cannot be found.
 */
export async function composeIdentity(env: Environment): Promise<string | null> {
  const [docker, plugin] = await findBoth(env);
  return docker && plugin ? `${docker.identity} ${plugin.identity}` : null;
}

/**
 * How Compose is started: its plugin by itself, which is what `docker compose` comes to after it has been started,
 * read its configuration and searched its plugins, at half of the time. `docker compose` where the plugin is not found,
 * or where `docker` is a script, as such a one stands in for another command or adds something to it.
 */
export async function composeCommand(env: Environment): Promise<readonly [string, ...string[]]> {
  const [docker, plugin] = await findBoth(env);
  return docker && plugin && !(await isScript(docker.path)) ? [plugin.path] : ["docker", "compose"];
}

async function findBoth(env: Environment): Promise<readonly [InstalledFile | null, InstalledFile | null]> {
  const configuration = env["DOCKER_CONFIG"] || join(env["HOME"] ?? "/", ".docker");
  return Promise.all([
    firstFile((env["PATH"] ?? "").split(delimiter).filter(Boolean), "docker"),
    pluginDirectories(configuration).then((directories) => firstFile(directories, "docker-compose")),
  ]);
}

async function pluginDirectories(configuration: string): Promise<readonly string[]> {
  const extra = await readFile(join(configuration, "config.json"), "utf8")
    .then((text) => (JSON.parse(text) as { cliPluginsExtraDirs?: readonly string[] }).cliPluginsExtraDirs ?? [])
    .catch(() => []);
  return [...extra, join(configuration, "cli-plugins"), ...systemDirectories];
}

async function firstFile(directories: readonly string[], name: string): Promise<InstalledFile | null> {
  for (const directory of directories) {
    const path = join(directory, name);
    const found = await stat(path).catch(() => null);
    if (found?.isFile()) return { path, identity: [path, found.size, found.ino, found.ctimeMs].join(":") };
  }
  return null;
}

async function isScript(path: string): Promise<boolean> {
  try {
    await using file = await open(path);
    const { bytesRead, buffer } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead < 2 || buffer.toString("latin1") === "#!";
  } catch {
    return true;
  }
}

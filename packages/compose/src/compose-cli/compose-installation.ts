import { closeSync, openSync, readFileSync, readSync, statSync } from "node:fs";
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
export function composeIdentity(env: Environment): string | null {
  const [docker, plugin] = findBoth(env);
  return docker && plugin ? `${docker.identity} ${plugin.identity}` : null;
}

/**
 * How Compose is started: its plugin by itself, which is what `docker compose` comes to after it has been started,
 * read its configuration and searched its plugins, at half of the time. `docker compose` where the plugin is not found,
 * or where `docker` is a script, as such a one stands in for another command or adds something to it.
 */
export function composeCommand(env: Environment): readonly [string, ...string[]] {
  const [docker, plugin] = findBoth(env);
  return docker && plugin && !isScript(docker.path) ? [plugin.path] : ["docker", "compose"];
}

/** At once, not by and by: it is a handful of looks into memory, and Compose starts that much earlier. */
function findBoth(env: Environment): readonly [InstalledFile | null, InstalledFile | null] {
  const configuration = env["DOCKER_CONFIG"] || join(env["HOME"] ?? "/", ".docker");
  return [
    firstFile((env["PATH"] ?? "").split(delimiter).filter(Boolean), "docker"),
    firstFile(pluginDirectories(configuration), "docker-compose"),
  ];
}

function pluginDirectories(configuration: string): readonly string[] {
  return [...extraDirectories(configuration), join(configuration, "cli-plugins"), ...systemDirectories];
}

function extraDirectories(configuration: string): readonly string[] {
  try {
    const text = readFileSync(join(configuration, "config.json"), "utf8");
    return (JSON.parse(text) as { cliPluginsExtraDirs?: readonly string[] }).cliPluginsExtraDirs ?? [];
  } catch {
    return [];
  }
}

function firstFile(directories: readonly string[], name: string): InstalledFile | null {
  for (const directory of directories) {
    const path = join(directory, name);
    const found = lookAt(path);
    if (found?.isFile()) return { path, identity: [path, found.size, found.ino, found.ctimeMs].join(":") };
  }
  return null;
}

function lookAt(path: string) {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    // A part of the path is no directory, or may not be entered: nothing is installed there.
    return undefined;
  }
}

function isScript(path: string): boolean {
  try {
    const file = openSync(path, "r");
    try {
      const first = Buffer.alloc(2);
      return readSync(file, first, 0, 2, 0) < 2 || first.toString("latin1") === "#!";
    } finally {
      closeSync(file);
    }
  } catch {
    return true;
  }
}

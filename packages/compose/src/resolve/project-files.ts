import { access, readFile } from "node:fs/promises";
import { delimiter, dirname, join, resolve } from "node:path";

const names = ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];
const overrides = [
  "compose.override.yml",
  "compose.override.yaml",
  "docker-compose.override.yml",
  "docker-compose.override.yaml",
];

/** Where a project is, as Compose is told. */
export interface ProjectPlace {
  /** Where Compose is run: relative `files` and `envFiles` start here. Absolute. */
  readonly directory: string;
  /** As `-f`; default as Compose finds them. */
  readonly files?: readonly string[] | undefined;
  /** As `--env-file`: they replace `.env`. */
  readonly envFiles?: readonly string[] | undefined;
  /**
   * As `--project-directory`: where relative paths of the files start from, and `.env` lies; default as Compose takes it, which is
   * the place of the first file. Absolute.
   */
  readonly projectDirectory?: string | undefined;
}

export interface ProjectFiles {
  /** Absolute. */
  readonly files: readonly string[];
  /** Where relative paths of the files start from. */
  readonly directory: string;
  /** `--env-file`, or those of COMPOSE_ENV_FILES, or the `.env` that Compose reads by itself. */
  readonly envFiles: readonly string[];
}

/**
 * The files that Compose will find by itself: those of `-f`, else of COMPOSE_FILE (from the environment or an env
 * file), else the usual names, in the directory or the nearest one above. For messages and records; Compose is given
 * the user's options as they are.
 */
export async function findProjectFiles(
  { directory, files = [], envFiles = [], projectDirectory }: ProjectPlace,
  env: Readonly<Record<string, string | undefined>>,
): Promise<ProjectFiles> {
  const named = envFiles.length > 0 ? envFiles : envFilesVariable(env);
  const written = files.length > 0 ? files : await composeFileVariable(directory, named, env);
  const found = written.length > 0 ? written.map((file) => resolve(directory, file)) : await discover(directory);
  const home = projectDirectory ?? (found[0] === undefined ? directory : dirname(found[0]));
  const dotEnv = [...new Set([home, projectDirectory ?? directory])].map((place) => join(place, ".env"));
  const given = named.map((file) => resolve(directory, file));
  return { files: found, directory: home, envFiles: given.length > 0 ? given : dotEnv };
}

/** Options of `docker compose` that say where a project is. */
export function placeOptions({
  files = [],
  envFiles = [],
  projectDirectory,
}: Omit<ProjectPlace, "directory">): readonly string[] {
  return [
    ...files.flatMap((file) => ["--file", file]),
    ...envFiles.flatMap((file) => ["--env-file", file]),
    ...(projectDirectory === undefined ? [] : ["--project-directory", projectDirectory]),
  ];
}

function envFilesVariable({ COMPOSE_ENV_FILES = "" }: Readonly<Record<string, string | undefined>>): readonly string[] {
  return COMPOSE_ENV_FILES.split(",").filter((file) => file !== "");
}

async function composeFileVariable(
  directory: string,
  envFiles: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<readonly string[]> {
  const texts = await Promise.all(
    (envFiles.length > 0 ? envFiles : [".env"]).map((file) => read(resolve(directory, file))),
  );
  const lookUp = (name: string) => {
    const line = new RegExp(`^\\s*(?:export\\s+)?${name}=["']?([^"'\\r\\n]*)`, "m");
    return env[name] ?? texts.map((text) => line.exec(text)?.[1]?.trim()).findLast((value) => value !== undefined);
  };
  const separator = lookUp("COMPOSE_PATH_SEPARATOR") || delimiter;
  return (lookUp("COMPOSE_FILE") ?? "").split(separator).filter((file) => file !== "");
}

async function discover(directory: string): Promise<readonly string[]> {
  for (let place = directory; ; place = dirname(place)) {
    const file = await firstThere(place, names);
    if (file) return [file, await firstThere(place, overrides)].filter((path) => path !== undefined);
    if (place === dirname(place)) return [];
  }
}

async function firstThere(directory: string, candidates: readonly string[]): Promise<string | undefined> {
  for (const name of candidates) {
    if (await isThere(join(directory, name))) return join(directory, name);
  }
  return undefined;
}

/**
 * The nearest directory with a `.git`, from a directory upwards: what a later checkout may change under a running version.
 * The directory itself where there is none.
 */
export async function checkoutOf(directory: string): Promise<string> {
  for (let place = directory; place !== dirname(place); place = dirname(place)) {
    if (await isThere(join(place, ".git"))) return place;
  }
  return directory;
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

async function read(path: string): Promise<string> {
  return readFile(path, "utf8").catch(() => "");
}

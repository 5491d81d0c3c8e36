import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { type Document, LineCounter, type ParsedNode, parseAllDocuments } from "yaml";

/** A file that took part in the compose model, for positions in messages. Its meaning is Compose's business alone. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
  readonly lines: LineCounter;
  /** `null` for env files, and for what is no YAML at all. */
  readonly document: Document.Parsed<ParsedNode> | null;
  readonly syntaxError: { readonly message: string; readonly offset: number } | null;
}

/** Reads compose files and what they include or extend; files that cannot be read are left out. */
export async function readSources(files: readonly string[]): Promise<readonly SourceFile[]> {
  const sources = new Map<string, SourceFile>();
  const read = async (path: string): Promise<void> => {
    const text = sources.has(path) ? null : await readText(path);
    if (text === null) return;
    const source = parseSource(path, text);
    sources.set(path, source);
    for (const other of referencedFiles(source)) await read(other);
  };
  for (const file of files) await read(file);
  return [...sources.values()];
}

/** The env files of the project, and those of what is included and of services. */
export async function readEnvSources(
  sources: readonly SourceFile[],
  projectFiles: readonly string[],
): Promise<readonly SourceFile[]> {
  const included = sources.flatMap(includesOf).flatMap(({ envFiles }) => envFiles);
  const named = [...included, ...sources.flatMap((source) => envFilesOf(source))];
  const paths = [...new Set([...projectFiles, ...named])];
  const read = await Promise.all(paths.map(async (path) => ({ path, text: await readText(path) })));
  return read.flatMap(({ path, text }) => (text === null ? [] : [envSource(path, text)]));
}

export function parseSource(path: string, text: string): SourceFile {
  const lines = new LineCounter();
  const parsed = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, merge: true, logLevel: "silent" });
  const document = Array.isArray(parsed) ? (parsed[0] ?? null) : null;
  const error = document?.errors[0];
  return {
    path,
    text,
    lines,
    document,
    syntaxError: error ? { message: error.message, offset: error.pos[0] } : null,
  };
}

function envSource(path: string, text: string): SourceFile {
  const lines = new LineCounter();
  lines.addNewLine(0);
  for (const { index } of text.matchAll(/\n/g)) lines.addNewLine(index + 1);
  return { path, text, lines, document: null, syntaxError: null };
}

export function referencedFiles(source: SourceFile): readonly string[] {
  const extended = writtenServices(source).map(([, service]) => mapOf(service["extends"])["file"]);
  return [...includesOf(source).flatMap(({ files }) => files), ...absolute(source, extended)];
}

/** What one entry of `include:` brings: files that are one project, with variables of their own. */
export interface Included {
  /** Absolute. */
  readonly files: readonly string[];
  /** `env_file`, or the `.env` beside the first file, which need not be there. Absolute. */
  readonly envFiles: readonly string[];
}

export function includesOf(source: SourceFile): readonly Included[] {
  return listOf(mapOf(written(source))["include"]).map((entry) => {
    const { path, env_file, project_directory } = mapOf(typeof entry === "string" ? { path: entry } : entry);
    const files = absolute(source, listOf(path));
    const [home] = absolute(source, [project_directory]);
    const named = absolute(source, listOf(env_file));
    const beside = [home ?? (files[0] && dirname(files[0]))].flatMap((place) => (place ? join(place, ".env") : []));
    return { files, envFiles: named.length > 0 ? named : beside };
  });
}

/** Includes with those of what they include, each with the env files of what it is included by, too: those win, so they come first and last. */
export function allIncludes(
  sources: readonly SourceFile[],
  files: readonly string[],
  { envFiles: outer = [], within = [] }: { envFiles?: readonly string[]; within?: readonly string[] } = {},
): readonly Included[] {
  const direct = sources.filter(({ path }) => files.includes(path)).flatMap(includesOf);
  return direct.flatMap((one) => {
    // A circle, which Compose refuses.
    if (one.files.some((file) => within.includes(file))) return [];
    const envFiles = [...outer, ...one.envFiles, ...outer];
    return [{ ...one, envFiles }, ...allIncludes(sources, one.files, { envFiles, within: [...within, ...one.files] })];
  });
}

/** Keys of a part of the project, as the file has it: `secrets`. */
export function writtenKeys(source: SourceFile, part: string): readonly string[] {
  return Object.keys(mapOf(mapOf(written(source))[part]));
}

export function envFilesOf(source: SourceFile): readonly string[] {
  const files = writtenServices(source).flatMap(([, service]) =>
    listOf(service["env_file"]).map((entry) => (typeof entry === "string" ? entry : mapOf(entry)["path"])),
  );
  return absolute(source, files);
}

/** Mounts that files write in the long form for a service. */
export function writtenMounts(
  sources: readonly SourceFile[],
  service: string,
): readonly { readonly target: unknown; readonly createHostPath: unknown }[] {
  const written = sources.flatMap(writtenServices).filter(([name]) => name === service);
  return written
    .flatMap(([, { volumes }]) => listOf(volumes).map(mapOf))
    .map(({ target, bind }) => ({ target, createHostPath: mapOf(bind)["create_host_path"] }));
}

/** Services by name, as the file has them: with values of any shape, as this is for files that may be wrong. */
export function writtenServices(source: SourceFile): readonly (readonly [string, WrittenMap])[] {
  const services = mapOf(mapOf(written(source))["services"]);
  return Object.entries(services).map(([name, service]) => [name, mapOf(service)]);
}

/** The name of the project as the file has it, before any variable is filled in. */
export function writtenName(source: SourceFile): string | undefined {
  const { name } = mapOf(written(source));
  return typeof name === "string" ? name : undefined;
}

type WrittenMap = Readonly<Record<string, unknown>>;

function written({ document }: SourceFile): unknown {
  try {
    return document?.toJS();
  } catch {
    // An alias that leads nowhere; Compose says so itself.
    return undefined;
  }
}

function mapOf(value: unknown): WrittenMap {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as WrittenMap) : {};
}

function absolute({ path }: SourceFile, files: readonly unknown[]): readonly string[] {
  return files.flatMap((file) => (typeof file === "string" ? resolve(dirname(path), file) : []));
}

function listOf(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

async function readText(path: string): Promise<string | null> {
  try {
    return await readFile(path, "utf8");
  } catch {
    return null;
  }
}

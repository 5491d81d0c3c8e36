import { randomBytes, randomUUID } from "node:crypto";
import { access, chmod, constants, lstat, mkdir, open, readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { type Clock, isSluiceError, SluiceError } from "@sluice/core";
import { createDurably, makeDirectory, syncPath, temporaryPrefix } from "@sluice/core/node";
import { isUnused } from "./discard-unused.ts";
import { describeHome, type HomeDescription } from "./home-description.ts";
import { homeError } from "./home-error.ts";

export interface OpenHomeOptions {
  readonly clock: Clock;
  /** Whose state it is; given, it must be the one that the home was made for. Needed to create one. */
  readonly stack?: string | undefined;
  /** Default `true`: a home that is not there is made. */
  readonly create?: boolean | undefined;
}

/** The directory that holds everything a stack must remember. Disposing releases a lock still held through it. */
export interface StateHome extends AsyncDisposable {
  readonly path: string;
  /** Random; ties the stack on an engine to this home. */
  readonly id: string;
  readonly stack: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  readonly releasesDir: string;
  /** Opens the preview of the stack's doors. Secret. */
  readonly previewSecret: string;
  /** For keyed hashes of secret values. Secret. */
  readonly hashKey: string;
  readonly clock: Clock;
  /** This opening has made it. */
  readonly isNew: boolean;
  /** Nothing was in it yet: until somebody locks it, the command that has made it may take it away again. */
  readonly isUnused: boolean;
  /** Why nothing can be written in it; `null` where it can. Who only looks needs no more than to read. */
  readonly readOnly: SluiceError | null;
  /** What is released when the home is disposed. */
  readonly held: Set<AsyncDisposable>;
  /** Those of them under which users are led somewhere, or back: their records may have the room that is kept for a full disk. */
  readonly deploying: Set<AsyncDisposable>;
}

/**
 * Opens the state home of a stack, and makes it when it is not there: directories 0700, files 0600, keys from random
 * bytes. Several processes may open it at once.
 *
 * @param dir absolute path, outside any checkout
 * @throws SluiceError HOME_UNUSABLE (not a directory, not readable, not complete and not writable, holds something else),
 * HOME_MISMATCH (another stack's), JOURNAL_NEWER (made by a newer Sluice), DISK_FULL
 */
export async function openStateHome(dir: string, options: OpenHomeOptions): Promise<StateHome> {
  try {
    return await openHome(dir, options).catch((error: unknown) => {
      // The command that had made it has taken it away in this very moment.
      if (options.create === false || !isMissing(error)) throw error;
      return openHome(dir, options);
    });
  } catch (error) {
    throw homeError(error, dir, "the state home cannot be used:");
  }
}

async function openHome(dir: string, { clock, stack, create = true }: OpenHomeOptions): Promise<StateHome> {
  const isNew = create && (await makeHome(dir, clock, stack));
  const description = await readDescription(dir);
  assertStack(description, dir, stack);
  const readOnly = await whyReadOnly(dir);
  if (!readOnly) await closeToOthers(dir);
  const [previewSecret, hashKey] = await makeParts(dir);
  const unused = await isUnused(dir);
  const held = new Set<AsyncDisposable>();
  return {
    path: dir,
    id: description.id,
    stack: description.stack,
    createdAt: description.createdAt,
    releasesDir: join(dir, "releases"),
    previewSecret,
    hashKey,
    clock,
    isNew,
    isUnused: unused,
    readOnly,
    held,
    deploying: new Set(),
    async [Symbol.asyncDispose]() {
      for (const part of held) await part[Symbol.asyncDispose]();
    },
  };
}

function isMissing(error: unknown): boolean {
  const { code, cause } = error as NodeJS.ErrnoException;
  return code === "ENOENT" || (cause as NodeJS.ErrnoException | undefined)?.code === "ENOENT";
}

/**
 * Makes a home again that was taken away since it was opened, as it was: whoever has opened it goes on with its id and keys.
 *
 * @throws SluiceError HOME_UNUSABLE where another one is made in its place meanwhile
 */
export async function remakeHome(home: StateHome): Promise<void> {
  const { path, id, stack, createdAt, previewSecret, hashKey } = home;
  await makeDirectory(path);
  await writeDescription(path, { version: 1, id, stack, createdAt });
  if ((await homeIdIn(path)) !== id) throw madeAnew(path);
  const keys = await makeParts(path, [previewSecret, hashKey]);
  if (keys[0] !== previewSecret || keys[1] !== hashKey) throw madeAnew(path);
}

/** A home that was opened is not there any more, and another one is. */
export function madeAnew(path: string): SluiceError {
  return new SluiceError("HOME_UNUSABLE", `the state home ${path} was made anew by another command meanwhile`, {
    hint: "run the command again",
    retryable: true,
  });
}

/** Id of the home in a directory; `null` where there is none. @throws SluiceError HOME_UNUSABLE, JOURNAL_NEWER */
export async function homeIdIn(dir: string): Promise<string | null> {
  const path = join(dir, "home.json");
  const text = await readFile(path, "utf8").catch(missing);
  return text === null ? null : describeHome(text, path).id;
}

/**
 * What may be in a directory that becomes a home. Answers of another command may be remembered there in the very moment
 * in which a home that is not needed goes; a file system that was just made, and is mounted there, has a place for what is lost.
 */
const unminded: ReadonlySet<string> = new Set(["cache", "lost+found"]);

/**
 * The file that makes a directory a home is written first: whatever is missing after a crash is made by the next open.
 * Resolves `false` when it was there.
 */
async function makeHome(dir: string, clock: Clock, stack: string | undefined): Promise<boolean> {
  await makeDirectory(dir);
  const names = await readdir(dir);
  if (names.includes("home.json")) return false;
  const foreign = names.filter((name) => !name.startsWith(temporaryPrefix) && !unminded.has(name));
  if (foreign.length > 0) {
    throw new SluiceError("HOME_UNUSABLE", `${dir} is not empty and is no state home (it holds ${foreign[0]})`, {
      hint: "use an empty or new directory as state home",
    });
  }
  if (stack === undefined) throw new TypeError("a state home is made for a stack: name it");
  await chmod(dir, 0o700);
  return writeDescription(dir, { version: 1, id: randomUUID(), stack, createdAt: clock.now().toISOString() });
}

function writeDescription(dir: string, description: HomeDescription): Promise<boolean> {
  return createDurably(join(dir, "home.json"), `${JSON.stringify(description, null, 2)}\n`);
}

async function readDescription(dir: string): Promise<HomeDescription> {
  if (!(await stat(dir)).isDirectory()) throw Object.assign(new Error("not a directory"), { code: "ENOTDIR" });
  const path = join(dir, "home.json");
  const text = await readFile(path, "utf8").catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== "ENOENT") throw cause;
    throw new SluiceError("HOME_UNUSABLE", `${dir} is no state home: it has no home.json`, {
      hint: "use the directory of earlier deployments, or deploy to make a new one",
      cause,
    });
  });
  return describeHome(text, path);
}

function assertStack(description: HomeDescription, dir: string, stack: string | undefined): void {
  if (stack === undefined || description.stack === stack) return;
  throw new SluiceError("HOME_MISMATCH", `${dir} is the state home of stack ${description.stack}, not of ${stack}`, {
    hint: `use -p ${description.stack}, or use another directory as state home`,
  });
}

/** A superuser has every right on paper, so a file system that is read-only shows only here. */
async function whyReadOnly(dir: string): Promise<SluiceError | null> {
  await access(dir, constants.R_OK | constants.X_OK);
  try {
    await access(dir, constants.W_OK);
    return null;
  } catch (error) {
    const why = homeError(error, dir, "nothing can be written in the state home");
    if (isSluiceError(why)) return why;
    throw error;
  }
}

async function closeToOthers(dir: string): Promise<void> {
  const { mode } = await lstat(dir);
  if (mode & 0o077) await chmod(dir, 0o700);
}

/** @param keys of the previews and for hashes; default: random ones. What is there already stays. */
async function makeParts(dir: string, keys: readonly string[] = []): Promise<readonly [string, string]> {
  const made = await Promise.all(["releases", "keys"].map((name) => makePart(join(dir, name))));
  if (made.includes(true)) await syncPath(dir);
  await makeLockFile(join(dir, "lock.db"));
  const [preview, hash] = keys;
  return Promise.all([makeKey(join(dir, "keys", "preview"), preview), makeKey(join(dir, "keys", "hash"), hash)]);
}

/** Never the home itself, which may be taken away in this moment: parts alone would be no home. Resolves `false` when it was there. */
async function makePart(path: string): Promise<boolean> {
  try {
    await mkdir(path, { mode: 0o700 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST" && (await stat(path)).isDirectory()) return false;
    throw error;
  }
}

/**
 * Only ever created, never opened: closing any descriptor of a file gives up the locks that the process holds on it.
 */
async function makeLockFile(path: string): Promise<void> {
  try {
    await using _created = await open(path, "wx", 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}

async function makeKey(path: string, wanted = randomBytes(32).toString("hex")): Promise<string> {
  const read = () => readFile(path, "utf8").catch(missing);
  const known = await read();
  if (known === null) await createDurably(path, `${wanted}\n`);
  const key = (known ?? (await read()) ?? "").trim();
  if (/^[0-9a-f]{64}$/.test(key)) return key;
  throw new SluiceError("HOME_UNUSABLE", `${path} does not hold a key of 64 hexadecimal digits`, {
    hint: "restore it from an export of this state home, or remove it: the doors are then replaced once",
  });
}

function missing(error: NodeJS.ErrnoException): null {
  if (error.code === "ENOENT") return null;
  throw error;
}

import { type ErrorCode, type OutputSink, SluiceError } from "@sluice/core";
import type { IDockerComposeOptions, IDockerComposeResult } from "docker-compose";
import { createLineSplitter } from "../engine/lines.ts";

export interface LibraryOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface PullOptions extends LibraryOptions {
  readonly stack: string;
  readonly files: readonly string[];
  readonly envFiles?: readonly string[] | undefined;
  readonly services: readonly string[];
  readonly onOutput?: OutputSink | undefined;
  readonly redact?: ((text: string) => string) | undefined;
}

/**
 * Version of the compose plugin, such as `2.40.3`.
 *
 * @throws SluiceError COMPOSE_MISSING
 */
export async function composeVersion(options: LibraryOptions): Promise<string> {
  const { version } = await loadLibrary();
  const { data } = await settled(version(common(options)), options, "COMPOSE_MISSING", "version");
  return data.version.replace(/^v/, "");
}

/**
 * Pulls the images of services. An abort stops the waiting, not the engine's pull: a half-pulled image is no image.
 *
 * @throws SluiceError IMAGE_MISSING with the last lines of the output
 */
export async function pullImages(options: PullOptions): Promise<void> {
  const { pullMany } = await loadLibrary();
  const { onOutput, redact = (text) => text } = options;
  const lines = (stream: "stdout" | "stderr") =>
    createLineSplitter((text) => onOutput?.({ source: "pull", stream, text: redact(text) }));
  const splitters = { stdout: lines("stdout"), stderr: lines("stderr") };
  const pulled = pullMany([...options.services], {
    ...common(options),
    config: [...options.files],
    composeOptions: [
      ["--project-name", options.stack],
      ["--profile", "*"],
      ...(options.envFiles ?? []).map((file) => ["--env-file", file]),
    ],
    callback: (chunk, stream = "stdout") => splitters[stream].push(chunk),
  });
  await settled(pulled, options, "IMAGE_MISSING", `pull ${options.services.join(" ")}`, redact);
  splitters.stdout.end();
  splitters.stderr.end();
}

/** Its import costs a YAML parser: only for the calls that use it. */
async function loadLibrary(): Promise<typeof import("docker-compose")> {
  const loaded = await import("docker-compose");
  return loaded.default as unknown as typeof import("docker-compose");
}

/** The library replaces the environment by what it is given, so it must be given the whole one. */
function common({ env, cwd }: LibraryOptions): IDockerComposeOptions {
  return { env: { ...env }, ...(cwd === undefined ? {} : { cwd }) };
}

/** The library rejects with plain objects, and cannot be cancelled. */
async function settled<T>(
  call: Promise<T>,
  { signal }: LibraryOptions,
  code: ErrorCode,
  what: string,
  redact: (text: string) => string = (text) => text,
): Promise<T> {
  signal?.throwIfAborted();
  let onAbort = () => undefined as void;
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(signal?.reason);
  });
  signal?.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([call, aborted]);
  } catch (error) {
    if (signal?.aborted) throw error;
    throw libraryError(error, code, what, redact);
  } finally {
    signal?.removeEventListener("abort", onAbort);
  }
}

function libraryError(error: unknown, code: ErrorCode, what: string, redact: (text: string) => string): SluiceError {
  if (error instanceof Error) {
    return new SluiceError("COMPOSE_MISSING", `docker compose ${what} cannot be started: ${error.message}`, {
      hint: "install the Docker command line with its compose plugin; `docker compose version` must work for this user",
      cause: error,
    });
  }
  const { exitCode, err, out } = error as IDockerComposeResult;
  const detail = redact((err || out).trim().split("\n").slice(-20).join("\n"));
  return new SluiceError(code, `docker compose ${what} ended with exit code ${exitCode ?? "none (killed)"}`, {
    detail,
    ...(code === "COMPOSE_MISSING" ? { hint: "is the compose plugin installed? try `docker compose version`" } : {}),
  });
}

import { SluiceError } from "@sluice/core";
import type { IDockerComposeResult } from "docker-compose";

export interface LibraryOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Version of the compose plugin, such as `2.40.3`. Asked through the npm library `docker-compose`: the half second that
 * it waits after every call is paid once for each installation of Compose, as the answer is remembered.
 *
 * @throws SluiceError COMPOSE_MISSING
 */
export async function composeVersion({ env, cwd, signal }: LibraryOptions): Promise<string> {
  signal?.throwIfAborted();
  // Its import costs a YAML parser: only for the call that uses it.
  const { default: library } = await import("docker-compose");
  const { version } = library as unknown as typeof import("docker-compose");
  // The library replaces the environment by what it is given, so it must be given the whole one.
  const asked = version({ env: { ...env }, ...(cwd === undefined ? {} : { cwd }) });
  try {
    const { data } = await unlessAborted(asked, signal);
    return data.version.replace(/^v/, "");
  } catch (error) {
    if (signal?.aborted) throw error;
    throw libraryError(error);
  }
}

/** The library cannot be cancelled; what it started ends by itself. */
async function unlessAborted<T>(call: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return call;
  let onAbort: (() => void) | undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
  });
  try {
    return await Promise.race([call, aborted]);
  } finally {
    if (onAbort) signal.removeEventListener("abort", onAbort);
  }
}

/** The library rejects with plain objects, and with an `Error` only where nothing could be started. */
function libraryError(error: unknown): SluiceError {
  const isStarted = !(error instanceof Error);
  const { exitCode, err = "", out = "" } = error as Partial<IDockerComposeResult>;
  return new SluiceError(
    "COMPOSE_MISSING",
    isStarted
      ? `docker compose version ended with exit code ${exitCode ?? "none (killed)"}`
      : `docker compose version cannot be started: ${error.message}`,
    {
      hint: "install the Docker command line with its compose plugin; `docker compose version` must work for this user",
      cause: isStarted ? undefined : error,
      ...(isStarted && (err || out) ? { detail: (err || out).trim() } : {}),
    },
  );
}

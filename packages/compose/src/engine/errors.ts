import { type ErrorCode, isSluiceError, SluiceError } from "@sluice/core";

/** Status of the engine's answer, also of one that was wrapped. */
export function statusOf(error: unknown): number | undefined {
  const cause: unknown = isSluiceError(error) ? error.cause : error;
  const status = (cause as { statusCode?: unknown } | null)?.statusCode;
  return typeof status === "number" ? status : undefined;
}

const unreachable = new Set([
  "ENOENT",
  "EACCES",
  "EPERM",
  "ECONNREFUSED",
  "ENOTFOUND",
  "EHOSTUNREACH",
  "ETIMEDOUT",
  // Whoever passed requests on, such as ssh, or the engine itself, ended.
  "EPIPE",
  "ECONNRESET",
]);

/**
 * Says what failed and what the engine said. Cancellation passes through as it is.
 *
 * @param what begins the message: `network shop_default cannot be made`
 */
export function engineError(
  error: unknown,
  what: string,
  code: ErrorCode = "ENGINE_FAILED",
  details: { readonly retryable?: boolean } = {},
): Error {
  if (isSluiceError(error)) return error;
  const failure = error instanceof Error ? error : new Error(String(error));
  if (failure.name === "AbortError") return failure;
  const errno = (failure as NodeJS.ErrnoException).code;
  if (statusOf(failure) === undefined && errno && unreachable.has(errno)) {
    const { syscall } = failure as NodeJS.ErrnoException;
    const isDenied = syscall === "connect" && (errno === "EACCES" || errno === "EPERM");
    return isDenied
      ? deniedError(failure.message, { cause: failure })
      : unreachableError(failure.message, { cause: failure });
  }
  return new SluiceError(code, `${what}: ${engineMessage(failure)}`, { ...details, cause: failure });
}

/** What Compose ended with, where that was that the engine does not answer (any more), or not to this user; else `undefined`. */
export function unreachableByCompose(lastLine: string, detail: string): SluiceError | undefined {
  if (composeDenied.test(lastLine)) return deniedError(lastLine, { detail });
  return composeUnreachable.test(lastLine) ? unreachableError(lastLine, { detail }) : undefined;
}

/** Of the socket, not of a key that ssh offers. */
const composeDenied = /^(?:[^"]*: )?permission denied while trying to connect to the docker/i;

/** Not within a command of a build, which Compose quotes. */
const composeUnreachable =
  /^(?:[^"]*: )?(?:cannot connect to the docker daemon|failed to connect to the docker api|error during connect)/i;

interface Said {
  readonly cause?: Error;
  readonly detail?: string;
}

/** The engine is there, and its socket is for others. */
function deniedError(said: string, more: Said): SluiceError {
  return new SluiceError("ENGINE_UNREACHABLE", `this user may not use the socket of the Docker engine: ${said}`, {
    hint: "sudo usermod -aG docker $USER, then log in anew (whoever is in that group has the rights of root); or name an engine of this user's own: DOCKER_HOST=unix://$XDG_RUNTIME_DIR/docker.sock is where rootless Docker listens",
    ...more,
  });
}

function unreachableError(said: string, more: Said): SluiceError {
  return new SluiceError("ENGINE_UNREACHABLE", `the Docker engine does not answer: ${said}`, {
    hint: "is the engine running, and may this user reach it? try `docker version`",
    ...more,
  });
}

function engineMessage(failure: Error): string {
  const { json } = failure as { json?: { message?: unknown } };
  return typeof json?.message === "string" ? json.message : failure.message.trim();
}

/** The result, or `fallback` where the engine answers with one of the statuses. */
export async function unlessStatus<T, F>(call: Promise<T>, statuses: readonly number[], fallback: F): Promise<T | F> {
  try {
    return await call;
  } catch (error) {
    const status = statusOf(error);
    if (status !== undefined && statuses.includes(status)) return fallback;
    throw error;
  }
}

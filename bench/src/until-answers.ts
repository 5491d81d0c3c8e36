import { setTimeout as sleep } from "node:timers/promises";

export interface UntilOptions {
  readonly path?: string;
  /** Wanted in the header `x-version`; absent: any. */
  readonly version?: string;
  readonly pollMs?: number;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** Waits until a new visitor gets a good answer. Throws after the time with what was answered last. */
export async function untilAnswers(url: string, options: UntilOptions = {}): Promise<void> {
  const { path = "/version", version, pollMs = 100, timeoutMs = 60_000, signal } = options;
  const deadline = performance.now() + timeoutMs;
  let last = "no answer";
  while (performance.now() < deadline) {
    const answer = await fetch(url + path, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined);
    const seen = answer?.headers.get("x-version") ?? "none";
    last = answer ? `status ${answer.status} of version ${seen}` : "no answer";
    if (answer?.ok && (version === undefined || seen === version)) return;
    await sleep(pollMs, undefined, { signal });
  }
  throw new Error(
    `${url}${path} does not answer${version ? ` with version ${version}` : ""} in ${timeoutMs} ms: ${last}`,
  );
}

import type { CallOptions } from "@sluice/core";

interface Discardable {
  discard(): Promise<void>;
}

interface Both<Found, Made extends Discardable> {
  readonly find: (options: CallOptions) => Promise<Found>;
  readonly build: (options: CallOptions) => Promise<Made | null>;
}

/** Both at once; the first that fails ends the other and is thrown, and nothing of a build is left then. */
export async function findAndBuild<Found, Made extends Discardable>(
  options: CallOptions,
  { find, build }: Both<Found, Made>,
): Promise<readonly [Found, Made | null]> {
  const stop = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, stop.signal]) : stop.signal;
  const call = { ...options, signal };
  const orStop = (error: unknown) => {
    stop.abort(error);
    throw error;
  };
  const [found, made] = await Promise.allSettled([find(call).catch(orStop), build(call).catch(orStop)]);
  if (found.status === "fulfilled" && made.status === "fulfilled") return [found.value, made.value];
  if (made.status === "fulfilled") await made.value?.discard();
  // The reason of the abort is the first failure.
  throw stop.signal.reason;
}

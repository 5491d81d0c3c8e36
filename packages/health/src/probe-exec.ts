import type { Clock, ContainerExec, ExecOptions, ExecResult, ExecStream } from "@sluice/core";
import { withDeadline } from "./deadline.ts";

/**
 * Processes in containers, by which an attempt asks. What the engine takes to run them says nothing of what is checked:
 * it is no part of the attempt's time.
 */
export interface ProbeExec {
  /**
   * Runs a process to its end.
   *
   * @param ms what the process itself may take @throws EngineLate
   */
  run(container: string, command: readonly string[], ms: number, signal: AbortSignal): Promise<ExecResult>;
  /** Resolves as soon as the process is there. @throws EngineLate */
  start(
    container: string,
    command: readonly string[],
    options: Pick<ExecOptions, "stdin"> & { readonly signal: AbortSignal },
  ): Promise<ExecStream>;
  /** How long the engine was waited for until now, in milliseconds. */
  readonly engineMs: () => number;
}

/** The engine did not run in time by what was to be asked. */
export class EngineLate extends Error {
  override readonly name = "EngineLate";
  readonly ms: number;
  constructor(ms: number) {
    super(`the engine ran nothing within ${ms} ms`);
    this.ms = ms;
  }
}

/** What starting a process may take: some seconds are usual on a busy machine. */
const startMs = 15_000;

/** A line as its sign of life, then the process itself in the same place. */
const announced = ["sh", "-c", 'echo; exec "$@"', "sh"];

/** For one attempt. */
export function createProbeExec(exec: ContainerExec, clock: Clock): ProbeExec {
  let [spentMs, since, underWay] = [0, 0, 0];
  /** Spans that overlap count once. */
  async function apart<T>(ms: number, signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    if (underWay === 0) since = clock.monotonicMs();
    underWay += 1;
    try {
      const timed = await withDeadline(clock, ms, signal, work);
      if (timed.done) return timed.value;
      throw new EngineLate(ms);
    } finally {
      underWay -= 1;
      if (underWay === 0) spentMs += clock.monotonicMs() - since;
    }
  }
  return {
    run: (container, command, ms, signal) =>
      apart(ms + startMs, signal, (both) => exec.exec(container, command, { signal: both })),
    start: (container, command, { stdin, signal }) =>
      apart(startMs, signal, async (both) =>
        whenAlive(await exec.stream(container, [...announced, ...command], { stdin, signal: both })),
      ),
    engineMs: () => spentMs + (underWay > 0 ? clock.monotonicMs() - since : 0),
  };
}

/** Waits for the sign of life, which is no output of the process. One that ended before it gave one has no output. */
async function whenAlive({ stdout, done }: ExecStream): Promise<ExecStream> {
  done.catch(() => undefined);
  const chunks = stdout[Symbol.asyncIterator]();
  const first = await chunks.next();
  async function* rest() {
    if (!first.done && first.value.length > 1) yield first.value.subarray(1);
    yield* { [Symbol.asyncIterator]: () => chunks };
  }
  return { stdout: rest(), done };
}

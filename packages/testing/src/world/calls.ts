/** Stands for SIGKILL: from here on nothing that the killed run does has an effect. */
export class Crash extends Error {
  override readonly name = "Crash";
  constructor() {
    super("the deployer was killed");
  }
}

export interface PortCall {
  /** From 1, in the order in which effects would happen. */
  readonly index: number;
  /** `slots.start web`, `journal.append step-intent`, … */
  readonly name: string;
}

/**
 * What happens instead of (or, for a function, just before) an effect. A hang lasts until the call's signal aborts. Both ends of a
 * deployer leave no effect of it: after a crash its calls fail, after a kill none of them ever returns, and neither do its sleeps.
 */
export type Fault = "crash" | "kill" | "hang" | Error | (() => void);

export interface Calls {
  /** Names of all effects so far, refused ones included. */
  readonly log: readonly string[];
  /** Decides what goes wrong; asked before every effect. */
  fault: (call: PortCall) => Fault | undefined;
  /** Runs one effect, or the fault that stands in for it. `epoch` is that of the run that asks. */
  act<T>(epoch: number, name: string, signal: AbortSignal | undefined, effect: () => T): Promise<T>;
  readonly epoch: number;
  /** Whether the run of an epoch was killed. */
  isKilled(epoch: number): boolean;
  /** Settles with the name of the effect before which the run of now is killed. */
  readonly killed: Promise<string>;
  /** The machine is there again: a new run may begin; what the old one still does stays without effect. */
  restart(): void;
}

/** Every effect of every port passes here, one at a time, so that each can be made to fail, hang, or be the last. */
export function createCalls(afterEffect: (name: string) => void): Calls {
  const log: string[] = [];
  let epoch = 0;
  let crashed = false;
  let killed = settledLater<string>();
  const killedEpochs = new Set<number>();
  const calls: Calls = {
    log,
    fault: () => undefined,
    get epoch() {
      return epoch;
    },
    get killed() {
      return killed.promise;
    },
    isKilled: (ofEpoch) => killedEpochs.has(ofEpoch),
    async act(ofEpoch, name, signal, effect) {
      await Promise.resolve();
      if (killedEpochs.has(ofEpoch)) return never();
      if (crashed || ofEpoch !== epoch) throw new Crash();
      signal?.throwIfAborted();
      log.push(name);
      const fault = calls.fault({ index: log.length, name });
      if (fault === "crash") {
        crashed = true;
        throw new Crash();
      }
      if (fault === "kill") {
        killedEpochs.add(epoch);
        killed.resolve(name);
        return never();
      }
      if (fault === "hang") await untilAborted(signal);
      if (fault instanceof Error) throw fault;
      if (typeof fault === "function") fault();
      signal?.throwIfAborted();
      const value = effect();
      afterEffect(name);
      return value;
    },
    restart() {
      epoch += 1;
      crashed = false;
      killed = settledLater<string>();
      log.length = 0;
      calls.fault = () => undefined;
    },
  };
  return calls;
}

function settledLater<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

/** What a process that is gone waits for. */
export function never(): Promise<never> {
  return new Promise(() => {});
}

export async function untilAborted(signal: AbortSignal | undefined): Promise<void> {
  await new Promise<void>((resolve) => {
    if (signal?.aborted) resolve();
    signal?.addEventListener("abort", () => resolve(), { once: true });
  });
}

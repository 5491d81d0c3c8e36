import type { ObservedContainer } from "../model/stack.ts";

export interface ThrowAwayRequest {
  readonly stack: string;
  /** Id of an image that is on the engine. */
  readonly image: string;
  /** Who removes one that is left: `scratch` goes with any sweep, `check`, which nobody's lock guards, with a deployment's alone. Default `scratch`. */
  readonly kind?: "scratch" | "check" | undefined;
  /** What it is for, in its name: `verify`. Lower-case letters. */
  readonly purpose: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Default: the image's own. */
  readonly entrypoint?: readonly string[] | undefined;
  /** Default: the image's own. */
  readonly command?: readonly string[] | undefined;
  /** A container whose volumes it has too, in the same places; they stay when it goes. */
  readonly volumesFrom?: string | undefined;
  /** Path at which it has a volume of its own, beside those of its image; it goes with the container. */
  readonly volumeAt?: string | undefined;
  /** What it sees of the engine's machine, and cannot change: an absolute path there, which must be there, and the path at which it has it. */
  readonly reads?: { readonly source: string; readonly target: string } | undefined;
  readonly memoryBytes: number;
  /** Id of a container whose network it shares: what listens there is at `127.0.0.1`. Default: none. */
  readonly joins?: string | undefined;
  /** It shares the network of the engine's machine. Default: it does not. */
  readonly onHost?: boolean | undefined;
}

/** A container that nobody needs afterwards. Disposing removes it with its volumes, whatever state it is in. */
export interface ThrowAway extends AsyncDisposable {
  readonly id: string;
  /** As it is now; `null` when it is gone. */
  inspect(signal?: AbortSignal): Promise<ObservedContainer | null>;
  logTail(lines: number): Promise<string>;
}

/** Throw-away containers: no network but their own loopback unless they join another one's, no restart, a limit of memory, volumes of their own. */
export interface ThrowAwayContainers {
  /** Created and started; it is not waited for. @throws SluiceError IMAGE_MISSING, START_FAILED */
  start(request: ThrowAwayRequest, signal?: AbortSignal): Promise<ThrowAway>;
  /** Removes those that dead runs left. Only under the lock of the state home: a live run's go too. */
  sweep(stack: string): Promise<void>;
}

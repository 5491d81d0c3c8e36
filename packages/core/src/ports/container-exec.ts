export interface ExecOptions {
  /** Bytes for the process's standard input; closed afterwards. */
  readonly stdin?: AsyncIterable<Uint8Array> | Uint8Array | string | undefined;
  readonly user?: string | undefined;
  readonly environment?: Readonly<Record<string, string>> | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface StreamOptions extends ExecOptions {
  /**
   * Bytes of output that are passed on together, once the first were passed on as they came: for much output, as each
   * chunk costs processor time. Such a piece holds its bytes only until the next one is asked for: its memory is used
   * again. Default: all is passed on as it comes, and kept by whoever keeps it.
   */
  readonly gatherBytes?: number | undefined;
}

export interface ExecResult {
  readonly exitCode: number;
  readonly stdout: Uint8Array;
  readonly stderr: string;
}

export interface ExecStream {
  /** Byte-exact; ends when the process closes it. Must be consumed. */
  readonly stdout: AsyncIterable<Uint8Array>;
  /** Settles after both streams ended. `stderr` holds at most the last 64 KiB. */
  readonly done: Promise<{ readonly exitCode: number; readonly stderr: string }>;
}

/** A process in a container that is talked to in turns. */
export interface ExecSession extends AsyncDisposable {
  write(text: string): Promise<void>;
  /** Byte-exact standard output as it comes. */
  readonly stdout: AsyncIterable<Uint8Array>;
}

/** Runs processes in containers. `container` is an id or a name. Argument arrays only, no shell is added. */
export interface ContainerExec {
  /**
   * @throws SluiceError EXEC_FAILED when it cannot be started, retryable unless the container is not there; a non-zero exit
   * code is a result, not an error.
   */
  exec(container: string, command: readonly string[], options?: ExecOptions): Promise<ExecResult>;
  /** As `exec`, with constant memory. */
  stream(container: string, command: readonly string[], options?: StreamOptions): Promise<ExecStream>;
  open(container: string, command: readonly string[], options?: Pick<ExecOptions, "signal">): Promise<ExecSession>;
  /** Writes files into a container, running or not; each replaces its target in one rename-like step. */
  putFiles(container: string, files: readonly ContainerFile[], signal?: AbortSignal): Promise<void>;
  signal(container: string, name: string): Promise<void>;
  /**
   * What processes find in their environment because the container was made so, whoever said it: compose files,
   * `env_file`s or the image. Nothing is run for it.
   *
   * @throws SluiceError EXEC_FAILED when the container is not there
   */
  environment(container: string, signal?: AbortSignal): Promise<ReadonlyMap<string, string>>;
}

export interface ContainerFile {
  /** Absolute. Its directory must exist in the image. */
  readonly path: string;
  readonly content: string | Uint8Array;
  /** Default 0o644. */
  readonly mode?: number | undefined;
}

/** What a container used, at one moment. */
export interface ContainerUsage {
  /** Unix time, milliseconds, by the engine's clock. */
  readonly at: number;
  /** ISO 8601; another start is another process. */
  readonly startedAt: string;
  /** Processor time since its start, milliseconds of one processor. */
  readonly cpuMs: number;
  /** Without the part of the page cache that can be given up. */
  readonly memoryBytes: number;
  /** `null` without one. */
  readonly memoryLimitBytes: number | null;
}

export interface ContainerFall {
  readonly container: string;
  /** `oom` is a process inside that was killed for memory, `die` the end of the container. */
  readonly kind: "oom" | "die";
  /** Unix time, milliseconds. */
  readonly at: number;
  readonly exitCode: number | null;
}

/** What containers use, and how they fall. */
export interface ContainerStats {
  /** `null` for a container that does not run. @throws SluiceError ENGINE_FAILED */
  usage(container: string, signal?: AbortSignal): Promise<ContainerUsage | null>;
  /** Falls from now on as they happen, until the signal aborts. Resolves once nothing can be missed. */
  falls(containers: readonly string[], signal: AbortSignal): Promise<AsyncIterable<ContainerFall>>;
}

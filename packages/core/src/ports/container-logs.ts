export interface WrittenLine {
  readonly container: string;
  /** ISO 8601 with nanoseconds, by the engine's clock. */
  readonly at: string;
  /** Redacted. */
  readonly text: string;
}

export interface LogSpan {
  /** The first moment; `now` takes only lines that come after the call. */
  readonly since: Date | "now";
  /** The last moment; without it lines are followed as they come, until the signal aborts or the container ends. */
  readonly until?: Date | undefined;
}

/** What containers write. */
export interface ContainerLogs {
  /** Lines of one container in order, both streams, with constant memory. @throws SluiceError ENGINE_FAILED */
  lines(container: string, span: LogSpan, signal: AbortSignal): AsyncIterable<WrittenLine>;
}

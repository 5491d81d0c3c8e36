/** How far an operation is. */
export interface BackupProgress {
  readonly phase: "dump" | "read" | "start-server" | "restore" | "compare" | "swap";
  /** Bytes as they are stored. */
  readonly bytes: number;
  /** `null` where nobody knows before the end. */
  readonly totalBytes: number | null;
}

export type ProgressSink = (progress: BackupProgress) => void;

/** Passes bytes on and tells how many there were. */
export async function* counted(
  source: AsyncIterable<Uint8Array>,
  onBytes: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of source) {
    bytes += chunk.length;
    onBytes(bytes);
    yield chunk;
  }
}

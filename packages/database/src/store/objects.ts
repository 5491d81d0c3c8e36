/** A flat place for named bytes, such as a bucket of S3. What a call has resolved for survives. */
export interface Objects {
  /** For messages: `s3://bucket/prefix`. */
  readonly place: string;
  list(signal?: AbortSignal): Promise<readonly StoredObject[]>;
  /** It appears whole or not at all. Memory is constant. */
  put(name: string, source: AsyncIterable<Uint8Array>, options?: PutOptions): Promise<void>;
  /** Replaces it, if it is there. */
  putText(name: string, text: string, signal?: AbortSignal): Promise<void>;
  /** `null` where there is none. */
  getText(name: string, signal?: AbortSignal): Promise<string | null>;
  /** `null` where there is none. */
  get(name: string, signal?: AbortSignal): Promise<AsyncIterable<Uint8Array> | null>;
  /** One that is not there is no error. */
  remove(name: string, signal?: AbortSignal): Promise<void>;
  /** What dead writers began to put and did not end; it takes room, and nobody sees it. */
  unfinished(signal?: AbortSignal): Promise<readonly Unfinished[]>;
}

export interface StoredObject {
  readonly name: string;
  readonly bytes: number;
  /** By the clock of the place. */
  readonly modified: Date;
}

export interface Unfinished {
  /** What it would have become. */
  readonly name: string;
  /** Resolves with whether it is gone: a place may keep that to others. */
  discard(): Promise<boolean>;
}

export interface PutOptions {
  readonly signal?: AbortSignal | undefined;
  readonly likelyBytes?: number | undefined;
}

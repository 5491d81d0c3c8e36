import type { ComposeModel } from "../model/compose.ts";
import type { ReleaseBundle } from "../model/release.ts";

/** A bundle with the resolved model it was made from. The model holds secrets in clear. */
export interface StoredRelease {
  readonly bundle: ReleaseBundle;
  readonly model: ComposeModel;
  /** Directory of the copies of files that services mount from the checkout. */
  readonly filesDir: string;
}

export interface BundleStore {
  list(): Promise<readonly ReleaseBundle[]>;
  /** @throws SluiceError RELEASE_UNKNOWN, BUNDLE_INVALID */
  load(id: string): Promise<StoredRelease>;
  /** Complete or not there at all: a crash leaves nothing that `list` shows. */
  save(bundle: ReleaseBundle, model: ComposeModel, files: readonly BundleFile[]): Promise<StoredRelease>;
  /** Adds a name or the mark `broken` to a bundle, or lays over it what it is judged by from now on (see `withSettings`). */
  update(id: string, change: Partial<Pick<ReleaseBundle, "tags" | "broken" | "services" | "checks">>): Promise<void>;
  remove(id: string): Promise<void>;
  /** Removes what was not finished. For the holder of the state home's lock, while nothing is being saved. */
  sweep(): Promise<void>;
}

/** A file or directory of the checkout that a service mounts. */
export interface BundleFile {
  /** Absolute path in the checkout; `null` for an empty directory, as Compose makes one of what is not there. */
  readonly source: string | null;
  /** Relative path inside the bundle's `files`. */
  readonly name: string;
}

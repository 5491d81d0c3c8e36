import type { Clock } from "@sluice/core";
import type { CutShort } from "./half-done.ts";
import type { MigrationServer } from "./migration-server.ts";
import type { MigrationSettings } from "./settings.ts";

export interface MigrationCall {
  readonly server: MigrationServer;
  readonly clock: Clock;
  readonly settings: MigrationSettings;
  /** Id of this run, in `postgresMigrationEnvironment` too. */
  readonly run: string;
  readonly signal?: AbortSignal | undefined;
  /** What to do where the schema is left half changed, for people; see `goBackText`. */
  readonly goBack?: string | undefined;
  /** That tools of earlier runs came from, whose containers are gone: their sessions are ended. Default: none is known. */
  readonly left?: readonly string[] | undefined;
  /** Called where the signal has ended it in the middle, with what was seen in the server then. */
  readonly onCutShort?: ((left: CutShort) => void) | undefined;
  /** What is going on, for people; holds no values. */
  readonly onProgress?: ((text: string) => void) | undefined;
}

import type { ObservedContainer } from "../model/stack.ts";
import type { StoredRelease } from "./bundle-store.ts";
import type { CallOptions } from "./stack-runtime.ts";

/** Where a database in a file is: what is mounted there is the copy's, in every service that has it. */
export interface RehearsedFiles {
  /** What the model mounts: a volume by its key, or a directory of the host. */
  readonly source: string;
  /** Where the service of the database has it, and the copy its own volume. */
  readonly target: string;
}

export interface RehearsalRequest {
  readonly stack: string;
  /** Id of the deployment or command that it is for; a label. */
  readonly deployment: string;
  /** Service of the database: the copy is found under its names. */
  readonly database: string;
  /** Container that stands for it. */
  readonly copy: string;
  /** Of a database in a file, which is found by its volume and not by a name. */
  readonly files?: RehearsedFiles | undefined;
}

export interface RehearsalJobOptions extends CallOptions {
  /** Runs in the place of the service's own command. */
  readonly command?: readonly string[] | undefined;
}

/**
 * Networks of their own in which the database is a copy, and from which nothing of production can be reached: neither
 * its containers nor its volumes, nor its servers' sockets on the host, nor the world outside. Disposing removes all that was made in
 * them; the copy stays.
 */
export interface RehearsalWorld extends AsyncDisposable {
  /**
   * Runs a job of a release to its end, as a deployment would. Data services that it depends on run beside it, empty.
   *
   * @throws SluiceError JOB_FAILED with the end of its log, SERVICE_REFUSED when it cannot be kept from production
   */
  runJob(release: StoredRelease, service: string, options?: RehearsalJobOptions): Promise<void>;
  /**
   * Starts one container of each service and waits until all are ready.
   *
   * @throws SluiceError START_FAILED, NOT_READY with the end of the log, SERVICE_REFUSED
   */
  start(
    release: StoredRelease,
    services: readonly string[],
    options?: CallOptions,
  ): Promise<readonly ObservedContainer[]>;
  /** Removes the containers of everything that was started; the copy stays connected. */
  clear(): Promise<void>;
  /** For people: what of the host was kept from the services. Complete after the last call. */
  notTested(): readonly string[];
}

/** Where migrations and releases are tried against a copy of the database. One at a time for each stack, under its lock. */
export interface RehearsalRuntime {
  open(request: RehearsalRequest, options?: CallOptions): Promise<RehearsalWorld>;
}

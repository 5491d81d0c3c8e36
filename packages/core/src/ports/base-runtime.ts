import type { ComposeModel } from "../model/compose.ts";
import type { ServiceFacts } from "../model/service.ts";
import type { Slot } from "../model/slot.ts";
import type { StoredRelease } from "./bundle-store.ts";
import type { CallOptions } from "./stack-runtime.ts";

/** The model of a stored release as its base services can be made from it now. */
export interface PlacedModel {
  readonly model: ComposeModel;
  /** What is no more where it was, and of which no copy is stored: the model has what is checked out now in its stead. */
  readonly unproven: readonly string[];
  /** What is nowhere any more. */
  readonly missing: readonly string[];
}

/** What services mount of a checkout: in the copies of a release, or where the model says that it lies. */
export interface MountedFiles {
  readonly model: ComposeModel;
  /** Of the release. Default: it is checked out. */
  readonly filesDir?: string | undefined;
}

export interface UpOptions extends CallOptions {
  /** Ids of containers that are replaced also where they are as the model says. Default: none. */
  readonly renews?: readonly string[] | undefined;
}

export interface RereadOptions extends CallOptions {
  /** Services that have read it just now. Default: none. */
  readonly except?: readonly string[] | undefined;
  /** Services that are proxies: an Apache elsewhere serves its own pages. Default: any may be one. */
  readonly edges?: readonly string[] | undefined;
}

/** Base services and the networks that carry them into slots. */
export interface BaseRuntime {
  /**
   * Ties the stack on this engine to a state home; a no-op when it is tied to the same one. `if-taken` leaves a stack free that
   * is tied to none, and is one cheap call. @throws SluiceError HOME_MISMATCH
   */
  claim(stack: string, homeId: string, when?: "if-taken"): Promise<void>;
  /** Base networks, links of the slot, and base containers and doors connected to them. Idempotent. */
  ensureNetworks(
    model: ComposeModel,
    slot: Slot,
    services: readonly ServiceFacts[],
    options?: CallOptions,
  ): Promise<void>;
  /** Creates or re-creates one base service, connected to its links before it starts, and waits until it is ready. */
  up(model: ComposeModel, service: ServiceFacts, services: readonly ServiceFacts[], options?: UpOptions): Promise<void>;
  /**
   * Restarts what of a base service runs since before a container of one of the others was made, and waits until it is ready.
   * Idempotent: what was started since is not touched, nor is what does not run.
   */
  restartAfter(stack: string, service: ServiceFacts, others: readonly string[], options?: CallOptions): Promise<void>;
  /**
   * By base service: what it mounts of the checkout and is other than what the release that serves holds a copy of, as
   * paths in the checkout. What that holds no copy of is none (data, what somebody writes to), nor is any file where the
   * engine shares no file system with this machine. Beside these, as `config NAME`, secrets and configs that come from elsewhere, or
   * are filled with something else than what the compose file or an env file gave them.
   */
  changedFiles(
    serves: StoredRelease,
    wanted: MountedFiles,
    services: readonly ServiceFacts[],
  ): Promise<Readonly<Record<string, readonly string[]>>>;
  /**
   * The model of a stored release, for making base services of it again: what these mount of a checkout that is
   * there no more is taken from the one of now where that has the same, or from the release's copies; so is what a container
   * has from these copies already. Changes nothing.
   * The very model that is stored where all is where it was, and where the engine shares no file system with this machine.
   *
   * @param now the model of what is checked out
   * @param left the release that serves until then: what it has otherwise is taken from the copies
   */
  placed(
    release: StoredRelease,
    services: readonly ServiceFacts[],
    now: ComposeModel,
    left?: StoredRelease | null,
  ): Promise<PlacedModel>;
  /** Stops and removes the containers of one base service, each with its own grace period. Volumes stay. Idempotent. */
  remove(stack: string, service: string, options?: CallOptions): Promise<void>;
  /**
   * After a service got another address: proxies in base and in slots that ask for addresses only when they read their
   * configuration read it again. No container of them is restarted. Best effort; what cannot be done is told as output.
   */
  rereadNames(stack: string, options?: RereadOptions): Promise<void>;
}

import type {
  DeploymentPlan,
  Finding,
  ObservedStack,
  ProvenRelease,
  ReleaseBundle,
  ReleaseRequest,
  ResolvedProject,
  ServiceFacts,
  StoredRelease,
} from "@sluice/core";
import type { Origin } from "./record/journal-entries.ts";
import type { ReleaseSource, StackFacts } from "./scope.ts";

/** Who caused a deployment and why; what was consented to. */
export interface Initiator {
  readonly actor: string;
  readonly reason: string;
  readonly consents?: readonly string[] | undefined;
  readonly origin?: Origin | undefined;
}

/** What both ways of making a release live can be told of an attempt before them. */
interface AfterAttempt {
  /** That it goes on from what runs now is agreed to, although what that attempt left could not be undone; recorded. */
  readonly acceptNotUndone?: boolean | undefined;
}

export interface DeployRequest extends StackFacts, Initiator, AfterAttempt {
  readonly project: ResolvedProject;
  readonly release: ReleaseRequest;
  /** Try a release again that failed by a verdict. */
  readonly retry?: boolean | undefined;
  readonly replaceDoors?: boolean | undefined;
  /** Why it is done although the windows are closed; without it, it is refused then. */
  readonly override?: string | undefined;
  /** Its images are used, and nothing is built; refused where they are not those of this release. */
  readonly proven?: ProvenRelease | undefined;
  /** That the release that serves may not live with the migration, or this one with what is migrated already, is agreed to; recorded. */
  readonly acceptIncompatible?: boolean | undefined;
  /** That services which serve end, as they are under profiles of which none is active, is agreed to; recorded. */
  readonly acceptDropped?: boolean | undefined;
}

export interface RollbackRequest extends StackFacts, Initiator, AfterAttempt {
  readonly project: ResolvedProject;
  /** Tag or id of the release to go back to; without one, the release before the one that serves. */
  readonly to?: string | undefined;
  /**
   * Id of the deployment that was under way when somebody asked, and had to wait for their turn: the way back without `to` is out of
   * that one (see `whenAsked`).
   */
  readonly leaving?: string | undefined;
  /** Ids of the releases that users are back at for whoever asked then and named none, should they be at one by now. */
  readonly backAt?: readonly string[] | undefined;
  /** That it may not run on what a migration left is agreed to; recorded. */
  readonly acceptIncompatible?: boolean | undefined;
}

export interface PreparedDeployment {
  readonly plan: DeploymentPlan;
  readonly observed: ObservedStack;
  readonly bundles: readonly ReleaseBundle[];
  readonly source: ReleaseSource | null;
  readonly release: StoredRelease | null;
  /** Services of the stored release, where they are not as it is stored; it is kept with them once it is live. */
  readonly changedServices?: readonly ServiceFacts[] | undefined;
  readonly previousRelease: StoredRelease | null;
  /** Services whose data is made anew, see `dataAnew`. Default: none. */
  readonly dataAnew?: readonly string[] | undefined;
  /** What preflight found, told already. */
  readonly findings?: readonly Finding[];
}

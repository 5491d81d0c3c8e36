import type { Slot } from "../../model/slot.ts";

/**
 * The kinds of steps, in the order a deployment meets them. The list is closed: an engine has one action for each.
 */
export const stepKinds = [
  "recover",
  "build",
  "backup",
  "rehearse",
  "clear",
  "networks",
  "base",
  "restart",
  "create",
  "job",
  "start",
  "door",
  "preview-door",
  "verify",
  "adopt",
  "approval",
  "shift",
  "workers",
  "drain",
  "bake",
  "promote",
  "retire",
  "close",
  "recreate",
  "remove",
  "prune",
] as const;
export type StepKind = (typeof stepKinds)[number];

interface StepBase<Kind extends StepKind> {
  /** Unique in the plan and stable over a resume: `shift-2`. */
  readonly id: string;
  readonly kind: Kind;
  /** What it acts on, for people: `slot green`, `door web`, `database db`. */
  readonly target: string;
  /** Why it is needed. */
  readonly cause: string;
  /** Deadline of the whole step, milliseconds. */
  readonly timeoutMs: number;
}

interface InSlot {
  readonly slot: Slot;
}

/** Sweeps what a dead attempt left (one-off containers, preview doors), and gives all users back to the live slot. */
export type RecoverStep = StepBase<"recover"> & {
  /** Services whose doors still give a share to the idle slot. */
  readonly services: readonly string[];
};
/** Builds and pulls images and stores the release bundle. */
export type BuildStep = StepBase<"build"> & {
  /** A slot that nothing runs in, emptied meanwhile: its next `create` does not wait for that. */
  readonly clears?: Slot;
};
/** A backup of the database, before anything of the candidate or of base can change what it holds. */
export type BackupStep = StepBase<"backup"> & {
  readonly service: string;
  /** It counts only when a throw-away server took it. */
  readonly prove: boolean;
};
/** The candidate's migration on a copy of the database, and the previous release after it. */
export type RehearseStep = StepBase<"rehearse"> & {
  readonly service: string;
  /** What it finds can end the deployment; else it is only told. */
  readonly blocks: boolean;
  /** Somebody has agreed to losing the way back by images. */
  readonly acceptIncompatible: boolean;
};
/** Empties the candidate's slot of an older release. */
export type ClearStep = StepBase<"clear"> & InSlot;
export type NetworksStep = StepBase<"networks"> & InSlot;
export type BaseStep = StepBase<"base"> & {
  readonly service: string;
  /** It leaves the data of volumes for others; absent where it does not. */
  readonly moves?: VolumeMove | undefined;
  /** Ids of containers that are replaced as files that they mount changed, whatever else did. Default: none. */
  readonly renews?: readonly string[] | undefined;
};
/** Volumes have their names on the engine. */
export interface VolumeMove {
  readonly from: readonly string[];
  readonly to: readonly string[];
  /** An undo makes the service again as the release that serves has it: what that knows is in `from` alone, and as it was. */
  readonly isPutBack: boolean;
}
/** Restarts a base service that runs since before a container of others was made: its `depends_on` asks for it. */
export type RestartStep = StepBase<"restart"> & {
  readonly service: string;
  /** Those others, all in base. */
  readonly restartsWith: readonly string[];
};
/** Containers of the candidate, created and connected but not started. */
export type CreateStep = StepBase<"create"> & InSlot;
export type JobStep = StepBase<"job"> &
  InSlot & {
    readonly service: string;
    /** Service of the database that the job may change: then it runs alone, watched, and with time limits. */
    readonly database?: string | undefined;
    /** The slot is emptied, and the candidate's containers are created in it, while the job runs: its `start` waits for both. */
    readonly creates?: boolean | undefined;
    /** It reaches no data that ran before: where it fails it may be run again, as its restart policy says. */
    readonly runsAgain?: boolean | undefined;
  };
/** Starts services of the candidate and waits until they are ready. */
export type StartStep = StepBase<"start"> &
  InSlot & {
    readonly services: readonly string[];
    /** One of them, of which one replica starts alone and is ready before all others start: it may migrate. */
    readonly first?: string | undefined;
    /** The slot serves: those of their containers that are gone are made first, and what runs is not touched. Default: none is made. */
    readonly mends?: boolean | undefined;
  };
/** Creates or replaces the door of a service. */
export type DoorStep = StepBase<"door"> & {
  readonly service: string;
  readonly replaces: boolean;
  /** The new door cannot lead to the previous, and has all users at the candidate from its first moment. */
  readonly cutsOver?: boolean;
  /** Services of the previous that go, whose doors hold its ports: they are removed just before it takes them. */
  readonly frees?: readonly string[] | undefined;
  /**
   * Proxies of the project that first are made again as the release that serves has them: they ask for the door's new address, and
   * what is checked out for them may name doors that nobody is led to yet. Default: none.
   */
  readonly putsBack?: readonly string[] | undefined;
  /** A door that is as wanted is made anew too: it was asked for. Default: it is kept. */
  readonly renews?: boolean | undefined;
};
export type PreviewDoorStep = StepBase<"preview-door"> & { readonly service: string };
/** Checks of the release: of the candidate through the preview, or of what could only run once users had it. */
export type VerifyStep = StepBase<"verify"> &
  InSlot & {
    /** Asks `closingChecks` where they run, and not `candidateChecks` through the preview. Default: not. */
    readonly closing?: boolean | undefined;
    /** It was proven when it went live, maybe by another health path than the one of now: it need not know that. Default: it must. */
    readonly wasLive?: boolean | undefined;
  };
/** Hands published ports and names over to the doors, from containers that plain Compose runs or the release that serves has in base. */
export type AdoptStep = StepBase<"adopt"> & {
  readonly services: readonly string[];
  readonly containers: readonly string[];
  /** Those of the services, by service: each gives way when the door of its own service is ready. Plans of before have none. */
  readonly serving?: Readonly<Record<string, readonly string[]>> | undefined;
  /** Those of them that ran before: an undo starts them again. */
  readonly restarts: readonly string[];
  /** Those of them that nobody needs, whatever comes of the candidate: they are removed at once. Default: all are kept until it is promoted. */
  readonly removes?: readonly string[] | undefined;
};
/** Waits until a person approves the share that comes next; users stay where they are. */
export type ApprovalStep = StepBase<"approval"> &
  InSlot & {
    /** Percent that is asked for. */
    readonly share: number;
    /** How long a person is waited for. */
    readonly waitMs: number;
    readonly onTimeout: "rollback" | "proceed";
  };
export type ShiftStep = StepBase<"shift"> &
  InSlot & {
    readonly services: readonly string[];
    /** Percent that the candidate gets. */
    readonly share: number;
    /** How long it is watched at this share. */
    readonly holdMs: number;
  };
/** Old workers stop, then new ones start (or the other way round where they may overlap). `services` are the new ones. */
export type WorkersStep = StepBase<"workers"> &
  InSlot & {
    readonly services: readonly string[];
    readonly overlap: boolean;
    /** Old ones in the slot of the previous, by service: an undo starts them again. Plans of before have none: all that its release has. */
    readonly stops?: readonly string[] | undefined;
    /** Old ones that run beside the slots: they are kept until the candidate is promoted, and an undo starts them again. Plans of before have none. */
    readonly replaces?: readonly string[] | undefined;
  };
export type DrainStep = StepBase<"drain"> &
  InSlot & { readonly services: readonly string[]; readonly drainTimeoutMs: number };
export type BakeStep = StepBase<"bake"> & InSlot & { readonly services: readonly string[]; readonly holdMs: number };
/** Makes the candidate the stable slot of every door. */
export type PromoteStep = StepBase<"promote"> & InSlot & { readonly services: readonly string[] };
/** Stops or removes the previous release; `warm` leaves its web services running unless the machine has too little memory. */
export type RetireStep = StepBase<"retire"> &
  InSlot & {
    readonly keep: "warm" | "stopped" | "removed";
    /** Of `warm`: bytes that must be available, see `leastMemory`. */
    readonly minFreeMemory?: number | undefined;
  };
/** Removes the door of a service that the release has no more, or has no more in slots. */
export type CloseStep = StepBase<"close"> & {
  readonly service: string;
  /** Slot of the previous that the service leaves for base: what runs of it there stops, and an undo brings both back. */
  readonly leaves?: Slot | undefined;
  /** Services that take a port of it, or that it is itself from now on: it goes just before them, and an undo brings it back. Default: it goes last. */
  readonly heirs?: readonly string[] | undefined;
};
/** Replaces a service that cannot be two at once, stop-first. */
export type RecreateStep = StepBase<"recreate"> & {
  readonly service: string;
  /** Ids of the containers that were there before it. Plans of before have none. */
  readonly replaces?: readonly string[] | undefined;
  /** Those of them that ran. Plans of before have none: all. */
  readonly restarts?: readonly string[] | undefined;
  /** Those of them that are replaced as files that they mount changed, whatever else did. Default: none. */
  readonly renews?: readonly string[] | undefined;
};
/** Removes the containers in base of a service that the release has no more. Its volumes stay. */
export type RemoveStep = StepBase<"remove"> & {
  readonly service: string;
  /** Services that take a port of it: it goes before them, and an undo first has them as they were, or not at all. Default: it goes last. */
  readonly heirs?: readonly string[] | undefined;
};
export type PruneStep = StepBase<"prune"> & { readonly releases: readonly string[] };

export type PlanStep =
  | RecoverStep
  | BuildStep
  | BackupStep
  | RehearseStep
  | ClearStep
  | NetworksStep
  | BaseStep
  | RestartStep
  | CreateStep
  | JobStep
  | StartStep
  | DoorStep
  | PreviewDoorStep
  | VerifyStep
  | AdoptStep
  | ApprovalStep
  | ShiftStep
  | WorkersStep
  | DrainStep
  | BakeStep
  | PromoteStep
  | RetireStep
  | CloseStep
  | RecreateStep
  | RemoveStep
  | PruneStep;

export type DeploymentKind = "deploy" | "rollback";

/** What will be done, in order, and why. Data: it can be shown, stored, compared and resumed. */
export interface DeploymentPlan {
  readonly kind: DeploymentKind;
  /** Slot that the candidate takes. */
  readonly candidate: Slot;
  /** Slot of the release it replaces; `null` for a first deployment. */
  readonly previous: Slot | null;
  readonly steps: readonly PlanStep[];
}

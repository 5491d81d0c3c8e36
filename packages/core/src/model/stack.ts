import type { DoorRouting } from "./door.ts";
import type { Finding } from "./finding.ts";
import type { Slot } from "./slot.ts";

/** One container as the engine shows it. */
export interface ObservedContainer {
  readonly id: string;
  readonly name: string;
  readonly service: string;
  readonly imageId: string;
  readonly state: "created" | "running" | "paused" | "restarting" | "exited" | "dead" | "removing";
  readonly health: "none" | "starting" | "healthy" | "unhealthy";
  readonly restartCount: number;
  readonly exitCode: number;
  /** Why the engine could not start it at the last attempt; not there where it could. */
  readonly startError?: string | undefined;
  /** Something in it used too much memory and was ended. */
  readonly oomKilled: boolean;
  /** Bytes of memory that it may use. Absent: it has no limit of its own. */
  readonly memoryLimit?: number | undefined;
  /** ISO 8601; empty before the first start. */
  readonly startedAt: string;
  /** ISO 8601, of the last run that ended; empty before that. */
  readonly finishedAt: string;
  readonly release: string | null;
  readonly deployment: string | null;
  /** Where, on the engine's machine, the copies of its release, or in base of whichever, lie that it mounts some of. Absent: it mounts none. */
  readonly filesDir?: string | undefined;
  /** A person made it by plain Compose, before a first deployment or beside them. Default: not. */
  readonly byPlainCompose?: boolean | undefined;
  /** Of such a one: the compose files that it was made of, see `composeFileNames`. Absent where their directory is not on this machine. */
  readonly composeFiles?: readonly string[] | undefined;
}

/** Who served when a deployment ended; without a slot all of it was in base. */
export interface RememberedSlot {
  readonly slot: Slot | null;
  /** Id of its release. */
  readonly release: string | null;
}

export interface ObservedSlot {
  readonly slot: Slot;
  /** Id of the release that its containers are labelled with; `null` for an empty slot. */
  readonly release: string | null;
  readonly deployment: string | null;
  readonly containers: readonly ObservedContainer[];
}

/** What a change of a base service means for its data. Volumes have their names on the engine. */
export interface BaseChange {
  /** Named volumes that its containers have and that it is to have no more: what is in them stays there. */
  readonly leaves: readonly string[];
  /** Named volumes that it is to have, and that its containers have not. */
  readonly takes: readonly string[];
  /** Those of `takes` that are not on the engine yet: nothing is in them. */
  readonly makes: readonly string[];
  /** Its containers write to other volumes, or to directories, which it may go on having. */
  readonly keepsOthers: boolean;
  /** Directories of the host that its containers write to and that are to be others, by the path in the container. Default: none. */
  readonly directories?:
    | readonly { readonly target: string; readonly runs: string; readonly wanted: string }[]
    | undefined;
  /** By name. Absent where both are the same, and where it is built. */
  readonly image?: { readonly runs: string; readonly wanted: string } | undefined;
}

/** A network that a container of base was made with, and that somebody took it from: it and what is there do not reach each other. */
export interface LostNetwork {
  /** Name of the container. */
  readonly container: string;
  /** Name of the network on the engine. */
  readonly network: string;
  /** Names that the container must have there. */
  readonly aliases: readonly string[];
  /** Fixed ones that it must have there, IPv4 before IPv6. */
  readonly addresses: readonly string[];
}

/** A base service next to what the release wants of it. */
export interface ObservedBaseService {
  readonly service: string;
  readonly state: "absent" | "current" | "changed" | "stopped";
  /** Why it is not current. */
  readonly reason: string;
  readonly containers: readonly ObservedContainer[];
  /** Of one whose configuration changed. */
  readonly change?: BaseChange | undefined;
  /** Of containers whose configuration is as wanted. Default: none. */
  readonly lost?: readonly LostNetwork[] | undefined;
}

export interface ObservedDoor {
  readonly service: string;
  readonly state: "absent" | "current" | "outdated" | "stopped";
  /** Why it is not current. */
  readonly reason: string;
  readonly containerId: string | null;
  /** It runs, and users do not come to it: it has no published port that it was made with, or none of its networks. Default: they do. */
  readonly isUnreached?: boolean | undefined;
  /** `null` while the door does not run or does not answer. */
  readonly routing: DoorRouting | null;
  /** It could not be asked, as the engine's disk is full. Default: that is not why. */
  readonly isDiskFull?: boolean | undefined;
  /** Slots to which it leads over a network that the service is on no more: not the way to another release there. Default: none. */
  readonly strays?: readonly Slot[] | undefined;
}

/** A base container or a door that is not on a link it belongs on: what is in the slot and it do not reach each other. */
export interface MissingLink {
  readonly slot: Slot;
  readonly service: string;
  /** Name of the container. */
  readonly container: string;
  /** Name of the link on the engine. */
  readonly link: string;
  /** Names that the container must have there. */
  readonly aliases: readonly string[];
}

/**
 * A container of a slot that somebody took from networks it was made with, or that is stopped and of which somebody removed some: its
 * service does not reach all it needs, or is not reached, or cannot be started.
 */
export interface CutOffContainer {
  readonly slot: Slot;
  readonly service: string;
  /** Name of the container. */
  readonly container: string;
  /** Names of those that it lacks, which may be gone from the engine themselves. */
  readonly networks: readonly string[];
  /** It is on no link: nothing outside its slot reaches it, least of all its door. Default: not so */
  readonly isUnlinked?: boolean | undefined;
}

/** A container that somebody took its restart policy from (`docker update --restart=no`). */
export interface LostRestart {
  /** `null` in base, and of a door. */
  readonly slot: Slot | null;
  readonly service: string;
  /** Name of the container. */
  readonly container: string;
  /** The one that it is to have, as the engine takes it. */
  readonly policy: string;
}

/** A network or volume that Compose made for the stack, and that the project defines otherwise now. */
export interface RedefinedResource {
  readonly kind: "network" | "volume";
  /** In the compose file. */
  readonly key: string;
  /** On the engine. */
  readonly name: string;
  /** Settings in the compose file, such as `driver_opts`; never their values, which can be secret. */
  readonly differing: readonly string[];
}

/** A container of somebody else on a network of the project, which is on no link: what is in slots does not reach it. */
export interface NetworkGuest {
  /** Name of the container. */
  readonly container: string;
  /** Of the network in the compose file. */
  readonly key: string;
  /** Name of the network on the engine. */
  readonly network: string;
  /**
   * What lets services in slots reach it: one more network that is external, or that they stay in base. Default: this network as an
   * external one.
   */
  readonly remedy?: "further" | "recreate" | undefined;
}

/** A proxy of somebody else on an external network of the project, which asks for addresses when it starts or is told to, and not again. */
export interface OutsideProxy {
  /** Name of the container. */
  readonly container: string;
  /** Name of the network on the engine. */
  readonly network: string;
  /** The name of its process: `nginx`, `haproxy`, `apache2` or `httpd`. */
  readonly program: string;
  /** What a person types to have it ask again. */
  readonly renew: string;
}

/** Where something of a stack is in a Compose project. */
export type StackPlace = "base" | Slot | "rehearsal";

/** A Compose project of a name that the stack needs, and what is in it that is not of the stack. Containers and networks have their names on the engine. */
export interface ForeignProject {
  readonly project: string;
  readonly place: StackPlace;
  readonly containers: readonly string[];
  readonly networks: readonly string[];
  /** Something of the stack is in it too. */
  readonly isShared: boolean;
  /** The stack of Sluice that it is of; `null` where it is none. */
  readonly owner: string | null;
}

/** A Compose project that people have made of the same compose files under another name. */
export interface SameFilesProject {
  readonly project: string;
  /** Names on the engine. */
  readonly containers: readonly string[];
}

/** All that a planner may know of the engine: one snapshot, no further calls. */
export interface ObservedStack {
  readonly stack: string;
  /** Id of the state home that owns this stack on this engine; `null` before the first deployment. */
  readonly homeId: string | null;
  readonly slots: Readonly<Record<Slot, ObservedSlot>>;
  readonly base: Readonly<Record<string, ObservedBaseService>>;
  readonly doors: Readonly<Record<string, ObservedDoor>>;
  /**
   * Containers of web and worker services that plain Compose runs in the base project: to be adopted by a first
   * deployment, or a second copy that someone started beside the slots.
   */
  readonly plain: readonly ObservedContainer[];
  /** Containers in the base project of services that the project asked for has not, or would have in base under a profile that is not active. */
  readonly orphans: readonly ObservedContainer[];
  /** Containers in the base project of jobs that plain Compose has run there. Default: none. */
  readonly jobs?: readonly ObservedContainer[] | undefined;
  /** Of slots that hold containers. */
  readonly missingLinks: readonly MissingLink[];
  /** As the project that was asked for has it: says nothing of a slot that holds another release. */
  readonly cutOff: readonly CutOffContainer[];
  /** As the project that was asked for has it, like `cutOff`. Default: none. */
  readonly lostRestarts?: readonly LostRestart[] | undefined;
  readonly redefined: readonly RedefinedResource[];
  readonly foreign: readonly ForeignProject[];
  /** Looked for where nothing of the stack is there. Default: none. */
  readonly sameFiles?: readonly SameFilesProject[] | undefined;
  /** Default: none. */
  readonly guests?: readonly NetworkGuest[] | undefined;
  /** Of active services: names of the project's own volumes that are not on the engine, as far as it tells. Default: none. */
  readonly missingVolumes?: Readonly<Record<string, readonly string[]>> | undefined;
  /** One-off containers, half-made links and slots of attempts that are over. */
  readonly leftovers: readonly Finding[];
  /**
   * A deployment without an end has not taken over yet what users reach outside the slots: no slot serves, whatever runs
   * in it. Told by the record, not by the engine. Default: not so
   */
  readonly isTakingOver?: boolean | undefined;
  /** Who served when a deployment last ended that knew it. Told by the record, not by the engine. Default: nobody knows */
  readonly remembered?: RememberedSlot | null | undefined;
}

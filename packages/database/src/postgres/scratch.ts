import { randomBytes } from "node:crypto";
import type { Clock, ContainerExec, ThrowAwayContainers } from "@sluice/core";
import { waitUntilReady } from "../process/wait-until-ready.ts";
import type { PostgresTarget } from "./target.ts";

export interface ScratchRequest {
  readonly stack: string;
  /** Id of the image that the live server ran. */
  readonly image: string;
  /** The live server's superuser: what it owns and grants there, it does here. */
  readonly superuser: string;
  /** Libraries that the live server loads at its start. */
  readonly preload: string;
  readonly memoryBytes: number;
  /** So many the live server has room for; default: what any server has. */
  readonly locks?: number | undefined;
  /** In its name. Default `verify`. */
  readonly purpose?: string | undefined;
  /** More settings of the server, `NAME=VALUE`. */
  readonly settings?: readonly string[] | undefined;
}

/** A server that is nobody's and is gone, with its data, when it is disposed. */
export interface ScratchServer extends AsyncDisposable {
  readonly target: PostgresTarget;
  /** The last lines of what the server wrote. */
  logTail(lines: number): Promise<string>;
}

/** Of the log between two checkpoints: few of them, for a fast restore. */
export const mostWalBytes = 4 * 1024 ** 3;

/** Its data need not survive anything. */
const fast = [
  "fsync=off",
  "synchronous_commit=off",
  "full_page_writes=off",
  "wal_level=minimal",
  "max_wal_senders=0",
  `max_wal_size=${mostWalBytes / 1024 ** 2}MB`,
  "autovacuum=off",
  "archive_mode=off",
];

/** What a server begins with where nobody says otherwise. */
const usual = { connections: 100, locksEach: 64 };

/** Few connect to it: together they may hold as many as all who use the live one. */
function roomFor(locks: number | undefined): readonly string[] {
  if (locks === undefined) return [];
  const { connections, locksEach } = usual;
  const each = Math.max(locksEach, Math.ceil(locks / connections));
  return [`max_connections=${connections}`, `max_locks_per_transaction=${each}`];
}

/**
 * Starts a throw-away server from the live one's image, without a network, and waits until it answers.
 *
 * @throws SluiceError IMAGE_MISSING, START_FAILED with the end of its log, DEADLINE_EXCEEDED
 */
export async function startScratch(
  {
    throwAway,
    exec,
    clock,
  }: { readonly throwAway: ThrowAwayContainers; readonly exec: ContainerExec; readonly clock: Clock },
  { stack, image, superuser, preload, memoryBytes, locks, purpose = "verify", settings: more = [] }: ScratchRequest,
  signal?: AbortSignal,
): Promise<ScratchServer> {
  const settings = [
    ...fast,
    ...roomFor(locks),
    ...more,
    ...(preload === "" ? [] : [`shared_preload_libraries=${preload}`]),
  ];
  const container = await throwAway.start(
    {
      stack,
      image,
      purpose,
      // Nobody but its own processes can reach it: without a network the password is only what images ask for.
      environment: {
        POSTGRES_USER: superuser,
        POSTGRES_DB: "postgres",
        POSTGRES_PASSWORD: randomBytes(16).toString("hex"),
        POSTGRES_INITDB_ARGS: "--no-sync",
      },
      command: ["postgres", ...settings.flatMap((setting) => ["-c", setting])],
      memoryBytes,
    },
    signal,
  );
  try {
    // The server that the image runs while it sets itself up listens on its socket only, so this asks over TCP.
    await waitUntilReady({ container, exec, clock, probe: ["pg_isready", "-q", "-h", "127.0.0.1"] }, signal);
  } catch (error) {
    await container[Symbol.asyncDispose]();
    throw error;
  }
  return {
    target: { container: container.id, user: superuser, database: "postgres" },
    logTail: (lines) => container.logTail(lines),
    [Symbol.asyncDispose]: () => container[Symbol.asyncDispose](),
  };
}

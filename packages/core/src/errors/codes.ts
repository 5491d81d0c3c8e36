/**
 * Stable error codes. Each maps to the exit code that fits when it ends a command and nothing more is known;
 * a deployment that had already changed something decides its own exit code (see `Outcome`).
 */
export const errorExitCodes = {
  USAGE: 2,
  CONFIG_INVALID: 2,
  COMPOSE_INVALID: 2,
  NAME_INVALID: 2,
  EVENT_INVALID: 2,
  RELEASE_UNKNOWN: 2,
  BACKUP_UNKNOWN: 2,
  DATABASE_UNKNOWN: 2,
  /** No logs of that deployment are kept. */
  LOGS_UNKNOWN: 2,

  LOCK_HELD: 10,
  HOME_MISMATCH: 10,
  HOME_UNUSABLE: 10,
  ENGINE_UNREACHABLE: 10,
  ENGINE_TOO_OLD: 10,
  COMPOSE_MISSING: 10,
  COMPOSE_TOO_OLD: 10,
  PREFLIGHT_FAILED: 10,
  SERVICE_REFUSED: 10,
  RELEASE_REFUSED: 10,
  RELEASE_BROKEN: 10,
  WINDOW_CLOSED: 10,
  SUBNET_EXHAUSTED: 10,
  CONFIRMATION_NEEDED: 10,
  NOTHING_TO_ROLL_BACK: 10,
  /** There is no deployment that could take an order. */
  NOTHING_UNDER_WAY: 10,
  ORDER_REFUSED: 10,
  RECOVERY_REFUSED: 10,
  JOURNAL_INVALID: 10,
  JOURNAL_NEWER: 10,
  BUNDLE_INVALID: 10,
  DATA_INCOMPATIBLE: 10,
  DATABASE_UNREACHABLE: 10,
  BACKUP_KEY_WRONG: 10,
  /** It is of another service of the project, or of another kind of database. */
  BACKUP_WRONG_DATABASE: 10,

  BUILD_FAILED: 20,
  IMAGE_MISSING: 20,
  COMPOSE_FAILED: 20,
  ENGINE_FAILED: 20,
  START_FAILED: 20,
  NOT_READY: 20,
  JOB_FAILED: 20,
  CHECK_FAILED: 20,
  ANALYSIS_FAILED: 20,
  ANALYSIS_UNDECIDED: 20,
  /** A person ended the deployment. */
  ABORTED: 20,
  /** Nobody approved, or resumed, in time. */
  NOT_APPROVED: 20,
  DOOR_FAILED: 20,
  EXEC_FAILED: 20,
  DEADLINE_EXCEEDED: 20,
  BACKUP_FAILED: 20,
  /** A process of the backup ended without an exit code that anybody saw. */
  BACKUP_EXIT_LOST: 20,
  /** The manifest is none, or says what cannot be. */
  BACKUP_INVALID: 20,
  BACKUP_EMPTY: 20,
  BACKUP_TRUNCATED: 20,
  BACKUP_CORRUPT: 20,
  BACKUP_WRONG_VERSION: 20,
  BACKUP_ROLE_MISSING: 20,
  BACKUP_EXTENSION_MISSING: 20,
  /** It was restored, and holds something else than the database did. */
  BACKUP_DIFFERS: 20,
  RESTORE_FAILED: 20,
  MIGRATION_FAILED: 20,
  REHEARSAL_FAILED: 20,
  /** Not reached, no whole answer, or an error of its own: the same may work later. */
  GITHUB_UNREACHABLE: 20,
  /** Asked too often; the error says for how long to wait. */
  GITHUB_LIMITED: 20,
  /** The token is not valid, or may not do that. */
  GITHUB_DENIED: 20,
  /** What was asked for is not there, or not possible. */
  GITHUB_REFUSED: 20,
  NOTIFY_FAILED: 20,
  DISK_FULL: 20,

  STATE_UNCLEAR: 30,
  /** A bad verdict waits for a person who did not come. */
  DECISION_MISSING: 30,

  /** Somebody stopped the command: Ctrl-C, the end of a terminal, a job that was cancelled. */
  INTERRUPTED: 130,
} as const;

export type ErrorCode = keyof typeof errorExitCodes;

const ofMachine: ReadonlySet<string> = new Set<ErrorCode>(["DISK_FULL", "ENGINE_UNREACHABLE", "IMAGE_MISSING"]);

/** Whether what failed is no fault of the release: it fails again until something is done about the machine. Pure. */
export function isOfMachine(code: string): boolean {
  return ofMachine.has(code);
}

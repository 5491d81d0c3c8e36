import { type ErrorCode, SluiceError } from "@sluice/core";
import type { ResticEnd } from "./start-restic.ts";

interface Rule {
  /** Since restic 0.17. */
  readonly exitCode?: number;
  /** In what it wrote: up to 0.16 it ends with 1 whatever was wrong. */
  readonly pattern: RegExp;
  readonly code: ErrorCode;
  readonly hint: string;
  readonly retryable?: boolean;
}

const notThere = /does not exist|no such file|not found|NoSuch(?:Key|Bucket)|\b404\b/i;

/** The first that fits. */
const rules: readonly Rule[] = [
  {
    exitCode: 11,
    pattern: /already locked/,
    code: "LOCK_HELD",
    hint: "wait until the other process has ended; if there is none on any machine any more: restic unlock",
    retryable: true,
  },
  {
    exitCode: 12,
    pattern: /wrong password|no key found|resolving password failed|empty password/i,
    code: "BACKUP_KEY_WRONG",
    hint: "check database.store.restic.passwordFile, or RESTIC_PASSWORD_FILE, RESTIC_PASSWORD_COMMAND or RESTIC_PASSWORD",
  },
  {
    pattern: /no space left on device|quota exceeded|insufficient storage/i,
    code: "DISK_FULL",
    hint: "free some space where the repository is, or keep fewer backups (database.keep, sluice db prune)",
    retryable: true,
  },
  {
    pattern: /ciphertext verification failed|invalid data returned|wrong hash|hash mismatch|data may be corrupt/i,
    code: "BACKUP_CORRUPT",
    hint: "look at the repository (restic check --read-data) and take another backup: sluice db backup",
  },
  {
    // A file of the repository that its index knows of.
    pattern: /<data\/\w+>.*(?:no such file|does not exist|not found|NoSuchKey)/i,
    code: "BACKUP_CORRUPT",
    hint: "look at the repository (restic check) and take another backup: sluice db backup",
  },
  {
    exitCode: 10,
    pattern: new RegExp(`unable to open config file.*(?:${notThere.source})`, "i"),
    code: "BACKUP_FAILED",
    hint: "check database.store.restic.repository; one that is new is made once: restic init --repository-version 2",
  },
  {
    pattern:
      /dial tcp|connection re|no such host|i\/o timeout|tls:|context deadline|unexpected EOF|retrying after|ssh/i,
    code: "BACKUP_FAILED",
    hint: "check database.store.restic.repository, its credentials in the environment and whether it can be reached",
    retryable: true,
  },
];

const otherwise: Omit<Rule, "pattern"> = {
  code: "BACKUP_FAILED",
  hint: "try it by hand with the same environment: restic snapshots",
};

/**
 * What an end of restic means.
 *
 * @param what was done to which repository, for the message: `listing restic /backups/shop`
 */
export function resticError({ exitCode, stderr, timedOut }: ResticEnd, what: string): SluiceError {
  const lines = linesOf(stderr);
  const text = lines.join("\n");
  const rule = rules.find((one) => (one.exitCode ?? -1) === exitCode || one.pattern.test(text)) ?? otherwise;
  const reason = timedOut
    ? `no answer in time${lines.length > 0 ? `: ${lines.at(-1)}` : ""}`
    : reasonOf(lines, exitCode);
  return new SluiceError(rule.code, `${what} failed: ${reason}`, {
    hint: rule.hint,
    retryable: timedOut || (rule.retryable ?? false),
    ...(lines.length > 1 ? { detail: lines.slice(-20).join("\n") } : {}),
  });
}

/** `//user:password@` without the password. */
export function withoutPassword(location: string): string {
  return location.replaceAll(/\/\/([^/@:\s]*):[^/@\s]*@/g, "//$1:***@");
}

function reasonOf(lines: readonly string[], exitCode: number | null): string {
  const telling = lines.find((line) => /already locked|^Fatal: /.test(line)) ?? lines.findLast((line) => line !== "");
  return telling?.replace(/^Fatal: /, "") ?? (exitCode === null ? "it was killed" : `exit code ${exitCode}`);
}

/** With `--json`, newer versions also write their errors as JSON. */
function linesOf(stderr: string): readonly string[] {
  return withoutPassword(stderr)
    .split("\n")
    .flatMap((line) => messageOf(line.replace("\u001b[2K", "").trim()).split("\n"))
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

function messageOf(line: string): string {
  if (!line.startsWith("{")) return line;
  try {
    const { message, error } = JSON.parse(line) as { message?: string; error?: { message?: string } };
    return message ?? error?.message ?? line;
  } catch {
    return line;
  }
}

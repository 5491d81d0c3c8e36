import { SluiceError } from "@sluice/core";
import { reasonOf } from "./psql-error.ts";

interface Ended {
  readonly exitCode: number;
  readonly stderr: string;
}

const mark = /^sluice-exit (\d+)$/gm;

/**
 * A shell forgets how all but the last process of a pipe ended, and its option that does not is no part of `sh`. So the
 * first one's exit code is told on the standard error, which nothing else of the pipe can forge into silence: where it
 * is missing, nobody knows how the dump ended, and that is a failure of its own.
 */
export const pipedDumpScript = `{ pg_dump "$@"; printf '\\nsluice-exit %s\\n' "$?" >&2; } | zstd -q -3 -T1 -c`;

/** The error that the end of a dump is; `null` when every process exited with 0. */
export function dumpFailure({ exitCode, stderr }: Ended, isPiped: boolean): SluiceError | null {
  const told = [...stderr.matchAll(mark)].at(-1)?.[1];
  const text = stderr.replaceAll(mark, "").trim();
  if (isPiped && told === undefined) {
    return failure("BACKUP_EXIT_LOST", "nobody saw how pg_dump ended", text);
  }
  const dumpCode = isPiped ? Number(told) : exitCode;
  if (dumpCode !== 0) {
    const reason = reasonOf(text) ?? endOf(dumpCode);
    return failure("BACKUP_FAILED", `pg_dump failed (exit code ${dumpCode}): ${reason}`, text);
  }
  if (exitCode !== 0) {
    return failure("BACKUP_FAILED", `zstd failed (exit code ${exitCode}): ${reasonOf(text) ?? endOf(exitCode)}`, text);
  }
  return null;
}

function endOf(exitCode: number): string {
  return exitCode > 128 ? `it was ended by signal ${exitCode - 128}` : "it said nothing";
}

function failure(code: "BACKUP_EXIT_LOST" | "BACKUP_FAILED", message: string, detail: string): SluiceError {
  return new SluiceError(code, message, {
    hint: "nothing was stored; see the detail and the log of the database's container, then run it again",
    ...(detail === "" ? {} : { detail }),
  });
}

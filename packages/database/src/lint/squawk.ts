import type { Lint, SqlLinter } from "./linter.ts";
import { findSquawk, runSquawk, type SquawkEnd } from "./run-squawk.ts";
import { parseSquawk, syntaxError, together } from "./squawk-output.ts";

export interface SquawkOptions {
  /** Its configuration, `.squawk.toml`; default: all rules but those that ask the same of every migration. */
  readonly config?: string | undefined;
  /** Directories of programs, as `PATH` has them. */
  readonly path?: string | undefined;
  /** The program and its first arguments; default: the one that came with this package, else `squawk` of the path. */
  readonly command?: readonly string[] | undefined;
  /** Of one run. Default 20 s. */
  readonly timeoutMs?: number | undefined;
}

/**
 * Rules that are about taste, or ask the same of every migration: time limits are set from outside, and a statement that can
 * be repeated is of no use to a tool that notes what it did.
 */
export const squawkLeftOut: readonly string[] = [
  "prefer-bigint-over-int",
  "prefer-bigint-over-smallint",
  "prefer-identity",
  "prefer-robust-stmts",
  "prefer-text-field",
  "prefer-timestamptz",
  "require-lock-timeout",
  "require-statement-timeout",
];

const longestScript = 1 << 20;
/** Runs for one script: a text that it cannot read hides what it has against all others. */
const mostParts = 20;

/** squawk 2, the linter of migrations for PostgreSQL, as a process. */
export function createSquawk({ config, path, command, timeoutMs = 20_000 }: SquawkOptions = {}): SqlLinter {
  const rules = config === undefined ? ["--exclude", squawkLeftOut.join(",")] : ["--config", config];
  return {
    name: "squawk",
    async lint(parts, major, signal) {
      const args = ["--reporter", "json", "--pg-version", `${major}.0`, ...rules];
      const program = command ?? findSquawk();
      const read = async (script: string) => {
        if (script.length > longestScript) return { findings: [], notRead: "it is too long" };
        const end = await runSquawk({ command: program, args, path, script, timeoutMs, signal });
        return lintOf(end, script);
      };
      const whole = await read(parts.join(""));
      if (whole.notRead !== notUnderstood || parts.length === 1) return whole;
      const each: Lint[] = [];
      for (const part of parts.slice(0, mostParts)) each.push(await read(part));
      const unread = each.filter(({ notRead }) => notRead !== null).length + Math.max(parts.length - mostParts, 0);
      const notRead = unread === 0 ? null : `${unread} of ${parts.length} transactions: ${notUnderstood}`;
      return { findings: together(each.flatMap(({ findings }) => findings)), notRead };
    },
  };
}

const notUnderstood = "it does not understand the SQL";

/** Pure. */
export function lintOf({ exitCode, stdout, stderr, failure }: SquawkEnd, script: string): Lint {
  if (failure) return { findings: [], notRead: failures[failure] };
  const findings = exitCode === 0 || exitCode === 1 ? parseSquawk(stdout, script) : null;
  if (!findings) return { findings: [], notRead: `it ended with ${exitCode ?? "a signal"}${saying(stderr)}` };
  const understood = findings.filter(({ rule }) => rule !== syntaxError);
  return { findings: understood, notRead: understood.length < findings.length ? notUnderstood : null };
}

const failures: Readonly<Record<NonNullable<SquawkEnd["failure"]>, string>> = {
  "not-there": "it is not installed",
  "not-started": "it cannot be started",
  "too-slow": "it took too long",
  "too-much": "it said too much",
};

function saying(stderr: string): string {
  const [first = ""] = stderr.trim().split("\n");
  return first === "" ? "" : `: ${first.slice(0, 200)}`;
}

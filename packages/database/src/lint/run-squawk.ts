import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

export interface SquawkCall {
  /** The program and what comes before `args`. */
  readonly command: readonly string[];
  readonly args: readonly string[];
  /** Where programs are looked for; nothing else of an environment is its business. */
  readonly path: string | undefined;
  /** Its input. */
  readonly script: string;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

export interface SquawkEnd {
  /** `null` where it did not end by itself. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Why it did not run to its end. */
  readonly failure: "not-there" | "not-started" | "too-slow" | "too-much" | null;
}

/** Of its output: no script that it is given has so much said of it. */
const mostBytes = 4 << 20;

/** The squawk that was installed with this package, or one that is found in `PATH`. */
export function findSquawk(): readonly string[] {
  try {
    const manifest = createRequire(import.meta.url).resolve("squawk-cli/package.json");
    return [process.execPath, join(dirname(manifest), "js/bin/squawk")];
  } catch {
    return ["squawk"];
  }
}

/**
 * Runs squawk to its end, and with it whatever it starts. However it ends is a result.
 *
 * @throws the signal's reason
 */
export async function runSquawk({ command, args, path, script, timeoutMs, signal }: SquawkCall): Promise<SquawkEnd> {
  signal?.throwIfAborted();
  const [program = "squawk", ...before] = command;
  // Seen from the root it finds no configuration but the one that is named.
  const surroundings = { cwd: "/", env: { PATH: path }, detached: true, stdio: "pipe" } as const;
  const child = spawn(program, [...before, ...args], surroundings);
  let failure: SquawkEnd["failure"] = null;
  const stop = (why: SquawkEnd["failure"]) => {
    failure ??= why;
    // The group, as the package's program is one that starts another.
    if (child.pid !== undefined) killGroup(child.pid);
  };
  const timer = setTimeout(() => stop("too-slow"), timeoutMs);
  const onAbort = () => stop("too-slow");
  signal?.addEventListener("abort", onAbort, { once: true });
  const output = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      if (output[name].length + text.length > mostBytes) return stop("too-much");
      output[name] += text;
    });
  }
  // It may end before it has read all.
  child.stdin.on("error", () => undefined).end(script);
  const exitCode = await new Promise<number | null>((resolve) => {
    child.once("error", (error: NodeJS.ErrnoException) => {
      failure ??= error.code === "ENOENT" ? "not-there" : "not-started";
      resolve(null);
    });
    child.once("close", resolve);
  });
  clearTimeout(timer);
  signal?.removeEventListener("abort", onAbort);
  signal?.throwIfAborted();
  return { exitCode, ...output, failure };
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It is gone already.
  }
}

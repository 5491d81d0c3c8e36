import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { SecondEngine } from "../second-engine/index.ts";

/** A stack of the example shop that good deployments have brought up, and how commands are run on it. */
export interface CrashStage {
  readonly stack: string;
  /** Where its compose file is. */
  readonly checkout: string;
  readonly stateHome: string;
  /** Where users reach the shop. */
  readonly url: string;
  /** The command line, and what comes after the verb and its flags. */
  readonly command: readonly [string, ...string[]];
  readonly options: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Networks of the stack that good deployments have left. */
  readonly networks: readonly string[];
  /** The directory for temporary files of all commands. */
  readonly scratch: string;
  /** Only where the stack is on one that may be restarted; `env` names it. */
  readonly engine?: Pick<SecondEngine, "configure" | "restart">;
}

export interface Ended {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly ms: number;
}

interface RunOptions {
  /** Beside those of the stage. */
  readonly env?: Readonly<Record<string, string>>;
  readonly onStart?: (child: ChildProcess) => void;
  /** Gets what it says as it says it. */
  readonly onLine?: (line: string) => void;
}

/** Runs a command of Sluice with `--json` to its end, however that comes. */
export async function runSluice(
  { command, options, checkout, scratch, env: common }: Omit<CrashStage, "networks">,
  args: readonly string[],
  { env = {}, onStart, onLine }: RunOptions = {},
): Promise<Ended> {
  const [file, ...first] = command;
  const startedMs = performance.now();
  const child = spawn(file, [...first, ...args, ...options, "--json"], {
    cwd: checkout,
    env: { ...common, TMPDIR: scratch, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  onStart?.(child);
  let stdout = "";
  let stderr = "";
  let told = 0;
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    stderr += chunk;
  });
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    stdout += chunk;
    for (let end = stdout.indexOf("\n", told); end >= 0; end = stdout.indexOf("\n", told)) {
      onLine?.(stdout.slice(told, end));
      told = end + 1;
    }
  });
  const [exitCode, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
  return { exitCode, signal, stdout, stderr, ms: performance.now() - startedMs };
}

/** What the last event of a deployment says; nothing of it where the command had no last word. */
export interface LastWord {
  readonly type?: string;
  readonly exitCode?: number;
  readonly outcome?: string;
  readonly reason?: string;
  readonly serving?: { readonly tag: string } | null;
  readonly servingUnknown?: true;
}

export function lastWord({ stdout }: Ended): LastWord {
  const line = stdout.trimEnd().split("\n").at(-1) ?? "";
  return line.startsWith("{") ? (JSON.parse(line) as LastWord) : {};
}

/** Why a command ended as it did, as far as it says. */
export function reasonOf(ended: Ended): string {
  const { reason } = lastWord(ended);
  return reason ?? `${ended.stdout}${ended.stderr}`.trimEnd().slice(-300);
}

export interface Status {
  readonly serving: { readonly tag: string; readonly slot: string; readonly release: string } | null;
  readonly slots: readonly { readonly slot: string; readonly live: boolean; readonly tag: string | null }[];
  readonly findings: readonly { readonly severity: string; readonly code: string; readonly message: string }[];
  readonly unfinished: { readonly tag: string } | null;
  readonly lock: object | null;
}

/** @throws Error with what the command said when it does not end well */
export async function statusOf(stage: Omit<CrashStage, "networks">): Promise<Status> {
  const ended = await runSluice(stage, ["status"]);
  if (ended.exitCode !== 0) throw new Error(`status ended with ${ended.exitCode}: ${reasonOf(ended)}`);
  return JSON.parse(ended.stdout) as Status;
}

const answerMs = 10_000;

/** Versions that answer new users, and other answers. */
export async function versionsSeen(url: string, count = 30): Promise<readonly string[]> {
  const seen = new Set<string>();
  for (let index = 0; index < count; index++) {
    const signal = AbortSignal.timeout(answerMs);
    const answer = await fetch(`${url}/version`, { headers: { connection: "close" }, signal }).catch(() => undefined);
    await answer?.arrayBuffer().catch(() => undefined);
    seen.add(answer?.headers.get("x-version") ?? `status ${answer?.status ?? "none"}`);
  }
  return [...seen].toSorted();
}

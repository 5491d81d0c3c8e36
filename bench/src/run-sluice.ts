import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { statusOf } from "./kill/left-behind.ts";
import type { SluicePeer } from "./peers/sluice.ts";

export interface Stage {
  readonly peer: SluicePeer;
  /** Networks that good deployments have left. */
  readonly networks: readonly string[];
  /** For temporary files of all commands. */
  readonly scratch: string;
}

export interface Ended {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly ms: number;
}

/** Runs a command of Sluice to its end, with variables of its own; `onLine` gets what it says as it says it. */
export async function runSluice(
  { peer, scratch }: Omit<Stage, "networks">,
  args: readonly [string, ...string[]],
  env: Readonly<Record<string, string>> = {},
  { onStart, onLine }: { onStart?: (child: ChildProcess) => void; onLine?: (line: string) => void } = {},
): Promise<Ended> {
  const [verb, ...rest] = args;
  const [file = "", first = "", ...options] = peer.command(verb);
  const command = [first, ...rest, ...options, "--json"];
  const startedMs = performance.now();
  const child = spawn(file, command, {
    cwd: peer.checkout.directory,
    env: { ...process.env, SHOP_PORT: undefined, TMPDIR: scratch, ...env },
    stdio: ["ignore", "pipe", "ignore"],
  });
  onStart?.(child);
  let stdout = "";
  let told = 0;
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    stdout += chunk;
    for (let end = stdout.indexOf("\n", told); end >= 0; end = stdout.indexOf("\n", told)) {
      onLine?.(stdout.slice(told, end));
      told = end + 1;
    }
  });
  const [exitCode, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
  return { exitCode, signal, stdout, ms: performance.now() - startedMs };
}

/** What the last event of a deployment says; nothing of it where the command had no last word. */
export interface LastWord {
  readonly type?: string;
  readonly exitCode?: number;
  readonly outcome?: string;
  readonly reason?: string;
  readonly serving?: { readonly tag: string } | null;
}

export function lastEvent({ stdout }: Ended): LastWord {
  const line = stdout.trimEnd().split("\n").at(-1) ?? "";
  return line.startsWith("{") ? (JSON.parse(line) as LastWord) : {};
}

export async function servingTag(peer: SluicePeer): Promise<string> {
  return (await statusOf(peer)).serving?.tag ?? "nothing";
}

/** Versions that answer new users. */
export async function versionsSeen(url: string, count = 30): Promise<readonly string[]> {
  const seen = new Set<string>();
  for (let index = 0; index < count; index++) {
    const answer = await fetch(`${url}/version`, { headers: { connection: "close" } }).catch(() => undefined);
    seen.add(answer?.headers.get("x-version") ?? `status ${answer?.status ?? "none"}`);
  }
  return [...seen].toSorted();
}

import { formatBytes } from "@sluice/core";
import type { BackupProgress } from "@sluice/wiring";
import type { CommandContext } from "../context.ts";
import { canDrawAgain } from "./can-draw-again.ts";

const words: Record<BackupProgress["phase"], string> = {
  dump: "dumping",
  read: "reading the backup",
  "start-server": "starting a throw-away server",
  restore: "restoring",
  compare: "comparing",
  swap: "swapping",
};
/** On a terminal the line is drawn again this often, elsewhere a new one comes. */
const intervalMs = { terminal: 200, lines: 10_000 };

export interface Progress {
  readonly show: (progress: BackupProgress) => void;
  /** Takes the line on the terminal away. */
  readonly end: () => void;
}

/** Bytes and rate of what is under way, on the standard error: the standard output is for the result. */
export function createProgress({ stderr, env, now }: Pick<CommandContext, "stderr" | "env" | "now">): Progress {
  const isLive = canDrawAgain(stderr, env);
  let phase: BackupProgress["phase"] | null = null;
  let startedMs = 0;
  let shownMs = 0;
  return {
    show(progress) {
      const nowMs = now().getTime();
      const isNew = progress.phase !== phase;
      if (isNew) [phase, startedMs] = [progress.phase, nowMs];
      if (!isNew && nowMs - shownMs < (isLive ? intervalMs.terminal : intervalMs.lines)) return;
      shownMs = nowMs;
      const text = progressText(progress, nowMs - startedMs);
      stderr.write(isLive ? `\r\u001b[K${text}` : `${text}\n`);
    },
    end() {
      if (isLive && phase) stderr.write("\r\u001b[K");
    },
  };
}

export function progressText({ phase, bytes, totalBytes }: BackupProgress, elapsedMs: number): string {
  if (bytes === 0) return words[phase];
  const share = totalBytes === null || totalBytes === 0 ? "" : ` of ${formatBytes(totalBytes)}`;
  const rate = elapsedMs < 500 ? "" : `, ${formatBytes((bytes / elapsedMs) * 1_000)}/s`;
  return `${words[phase]}: ${formatBytes(bytes)}${share}${rate}`;
}

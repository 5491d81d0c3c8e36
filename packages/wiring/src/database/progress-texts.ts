import { type Clock, formatBytes } from "@sluice/core";
import type { BackupProgress } from "@sluice/database";

/** Of a phase that goes on, people are told this often. */
const intervalMs = 5_000;

export interface ProgressTexts {
  readonly show: (progress: BackupProgress) => void;
  /** Says how much the last phase was. */
  readonly end: () => void;
}

/**
 * Lines about what is under way: each phase when it begins, bytes and rate every 5 s while it goes on, and both when it is
 * over.
 */
export function createProgressTexts(clock: Pick<Clock, "monotonicMs">, say: (text: string) => void): ProgressTexts {
  let latest: BackupProgress | null = null;
  let [startedMs, saidMs, said] = [0, 0, ""];
  const tell = (text: string) => {
    saidMs = clock.monotonicMs();
    if (text !== said) say(text);
    said = text;
  };
  const tellBytes = () => {
    if (latest && latest.bytes > 0) tell(progressText(latest, clock.monotonicMs() - startedMs));
  };
  return {
    show(progress) {
      if (progress.phase !== latest?.phase) {
        tellBytes();
        startedMs = clock.monotonicMs();
        tell(progress.phase);
      }
      latest = progress;
      if (clock.monotonicMs() - saidMs >= intervalMs) tellBytes();
    },
    end: tellBytes,
  };
}

function progressText({ phase, bytes, totalBytes }: BackupProgress, elapsedMs: number): string {
  const share = totalBytes === null || totalBytes === bytes ? "" : ` of ${formatBytes(totalBytes)}`;
  const rate = elapsedMs > 0 ? `, ${formatBytes((bytes / elapsedMs) * 1_000)}/s` : "";
  return `${phase}: ${formatBytes(bytes)}${share}${rate}`;
}

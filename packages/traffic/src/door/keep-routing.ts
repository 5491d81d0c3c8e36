import { isFullDisk, SluiceError } from "@sluice/core";

/** No routing is as long, in characters of its line. */
const lineLength = 63;

/**
 * A script that keeps a line for the door's next start: the file is the new one or the old one, whole. On a disk without
 * room, where no other file can be written, the line is written over the one that is there, in the block that it has. Says
 * on its output what failed, and never fails itself: users are to be led back all the same.
 */
export function keepScript(path: string, line: string): string {
  const next = `${path}.next`;
  // Not every sync can do a single file; without it the rename still holds for everything but a power cut.
  const synced = (file: string) => `{ sync -d ${file} 2>/dev/null || true; }`;
  const inItsPlace = `{ printf '%s\\n' '${line}' > ${next} && ${synced(next)} && mv -f ${next} ${path}; }`;
  // Empty lines count for nothing; none of the line before is left behind them.
  const over = `${line}${"\\n".repeat(lineLength + 1 - line.length)}`;
  // A shell's own `printf` does not say why it failed.
  const writtenOver = `{ rm -f ${next}; printf '${over}' | cat 1<> ${path} && ${synced(path)}; }`;
  return `${inItsPlace} 2>/dev/null || ${writtenOver} || true`;
}

/** Of a door whose process leads users by a routing that its file does not have. `said` is what {@link keepScript} said. */
export function notKeptError(door: string, value: string, said: string): SluiceError {
  const isFull = isFullDisk(said);
  const what = `door ${door} leads users by ${value}, but could not keep that for its next start`;
  return new SluiceError(isFull ? "DISK_FULL" : "DOOR_FAILED", what, {
    hint: isFull
      ? "free some of the engine's disk (`docker builder prune`, what containers logged); until users are led elsewhere once more, as by the next deployment, the door must not be restarted"
      : "see why the engine's disk cannot be written (`dmesg`); until users are led elsewhere once more, as by the next deployment, the door must not be restarted",
    detail: said.trim().slice(-1000),
  });
}

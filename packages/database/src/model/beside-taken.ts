import { SluiceError } from "@sluice/core";

/**
 * What a restore, or its undo, ends with that finds the name taken which what is live would get.
 *
 * @param drop what removes what has that name, to type or to do
 * @returns a SluiceError RESTORE_FAILED
 */
export function besideTaken(
  kind: "old" | "undone",
  { name, backup, drop }: { readonly name: string; readonly backup: string; readonly drop: string },
): SluiceError {
  if (kind === "old") {
    return new SluiceError("RESTORE_FAILED", `${name} is there already, from an earlier restore of this backup`, {
      hint: `it holds what was in use before: sluice db restore ${backup} --undo puts that back; once nobody needs it: ${drop}`,
    });
  }
  return new SluiceError("RESTORE_FAILED", `${name} is there already, from an earlier undo of this backup's restore`, {
    hint: `it holds what was in use until that undo; once nobody needs it, make room for what is in use now: ${drop}; then undo again`,
  });
}

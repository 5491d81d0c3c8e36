import { SluiceError } from "./sluice-error.ts";

/** What whoever reads a record ends with that does not say what such a one says. @returns a SluiceError JOURNAL_INVALID */
export function invalidRecord({ seq, type }: { readonly seq: number; readonly type: string }): SluiceError {
  return new SluiceError("JOURNAL_INVALID", `record ${seq} of the journal is no ${type}`, {
    hint: "sluice audit verify shows every such line; restore it, or the whole state home from an export: sluice state import ARCHIVE --replace; without one: sluice state rebuild --replace",
  });
}

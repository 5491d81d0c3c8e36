import * as z from "zod";

/** What RE2 leaves out to run in linear time: looking around and references back. */
const backtracking = /\(\?<?[=!]|(?<!\\)(?:\\\\)*\\(?:[1-9]|k<)/;

/** A regular expression that RE2 takes. */
export const pattern = z
  .string()
  .min(1)
  .refine(isRegularExpression, "expected a regular expression")
  .refine((text) => !backtracking.test(text), "expected a pattern without lookaround and back-references");

function isRegularExpression(text: string): boolean {
  try {
    // RE2's flags in front, such as (?i), are not JavaScript's.
    return new RegExp(text.replace(/^\(\?[imsU]+\)/, ""), "u") instanceof RegExp;
  } catch {
    return false;
  }
}

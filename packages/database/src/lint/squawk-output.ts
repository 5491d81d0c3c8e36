import * as z from "zod";
import { maskLiterals, oneLine } from "../migrate/hide-literals.ts";
import type { LintFinding } from "./linter.ts";

/** Of its messages, and of findings. */
const longestText = 500;
const mostFindings = 100;
export const syntaxError = "syntax-error";

const text = z.string().transform((value) => oneLine(value, longestText));
const said = z.lazy(() =>
  z.object({
    rule_name: z.string().regex(/^[a-z][a-z0-9-]{0,63}$/),
    message: text,
    help: text.nullish(),
    /** Counted from 0. */
    line: z.int().min(0),
    line_end: z.int().min(0).optional(),
  }),
);

/** What squawk 2 writes with `--reporter json` about a script; `null` for anything else. */
export function parseSquawk(output: string, script: string): readonly LintFinding[] | null {
  const parsed = z.array(said).safeParse(jsonOf(output));
  if (!parsed.success) return null;
  const lines = maskLiterals(script).split("\n");
  const each = parsed.data.map(({ rule_name: rule, message, help = null, line, line_end = line }) => {
    const statement = oneLine(lines.slice(line, line_end + 1).join("\n"));
    return { rule, message, help, statement, times: 1 };
  });
  return together(each).slice(0, mostFindings);
}

/** The same said of several statements is one finding. */
export function together(findings: readonly LintFinding[]): readonly LintFinding[] {
  const found = new Map<string, LintFinding>();
  for (const finding of findings) {
    const key = `${finding.rule} ${finding.message}`;
    const known = found.get(key);
    found.set(key, known ? { ...known, times: known.times + finding.times } : finding);
  }
  return [...found.values()];
}

function jsonOf(output: string): unknown {
  try {
    return JSON.parse(output);
  } catch {
    return null;
  }
}

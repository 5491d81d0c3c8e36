import type { LogsCheck, WrittenLine } from "@sluice/core";
import { RE2JS } from "re2js";

/** Lines of one container that come together count once: one failure often writes several. */
const togetherMs = 100;
/** Longer ones are matched by their beginning. */
const matchedLength = 4_096;
const keptExamples = 5;
const exampleLength = 300;

/** What the patterns of a check find in one version's lines. Memory stays constant. */
export interface LineCounter {
  take(line: WrittenLine): void;
  readonly lines: number;
  readonly forbidden: string | null;
  readonly examples: readonly string[];
}

export function createLineCounter({
  patterns,
  ignore,
  never,
}: Pick<LogsCheck, "patterns" | "ignore" | "never">): LineCounter {
  const [isCounted, isIgnored, isForbidden] = [patterns, ignore, never].map(matcherOf) as [Matcher, Matcher, Matcher];
  const latest = new Map<string, number>();
  const examples: string[] = [];
  let lines = 0;
  let forbidden: string | null = null;
  return {
    take({ container, at, text }) {
      const start = text.slice(0, matchedLength);
      if (isIgnored(start)) return;
      if (isForbidden(start)) forbidden ??= start.slice(0, exampleLength);
      if (!isCounted(start)) return;
      const moment = Math.floor(Date.parse(at) / togetherMs);
      if (latest.get(container) === moment) return;
      latest.set(container, moment);
      lines += 1;
      if (examples.length < keptExamples) examples.push(start.slice(0, exampleLength));
    },
    get lines() {
      return lines;
    },
    get forbidden() {
      return forbidden;
    },
    examples,
  };
}

type Matcher = (text: string) => boolean;

/** RE2 takes time that grows with the length of the line only, whatever the pattern. */
function matcherOf(patterns: readonly string[]): Matcher {
  if (patterns.length === 0) return () => false;
  const compiled = RE2JS.compile(patterns.map((pattern) => `(?:${pattern})`).join("|"));
  return (text) => compiled.matcher(text).find();
}

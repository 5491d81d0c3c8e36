import { withFlags } from "../given-flags.ts";
import type { Paint } from "./paint.ts";
import type { Story } from "./story.ts";
import { beforeNext, logsCommand, nextCommand, outcomeText, servingNowText } from "./words.ts";

/** What a person needs at the end: how it ended, what failed, what serves now, what to type next. */
export function lastWords(story: Story, given: string, paint: Paint): string {
  const { end, errors, ended } = story;
  if (!end) return "";
  const good = end.exitCode === 0;
  const failed = ended.find(({ result }) => result === "failed");
  const cause = end.reason ?? errors.at(-1)?.message;
  const [before, command] = [beforeNext(story), nextCommand(story, given)];
  const next = command ? `${before && `${before}; then `}${command}` : good ? "" : (errors.at(-1)?.hint ?? "");
  const rows: [string, string | undefined][] = [
    ["outcome", paint(good ? "green" : "red", outcomeText(end))],
    ["failed", good ? undefined : failed && `${failed.kind} ${failed.target}`],
    ["because", good ? undefined : cause],
    ["logs", logsCommand(end.deployment, end.logs ?? [], given)],
    ["now", withFlags(servingNowText(end), given)],
    ["next", next],
  ];
  return rows.flatMap(([name, text]) => (text ? [`${name.padEnd(8)} ${text}\n`] : [])).join("");
}

import { formatDuration, type SluiceEvent } from "@sluice/core";
import type { CommandContext } from "../context.ts";
import { lastWords } from "./last-words.ts";
import { noPaint } from "./paint.ts";
import type { Renderer } from "./renderer.ts";
import { createStory } from "./story.ts";
import { findingText, orderText, outcomeText, servingNowText, verdictText } from "./words.ts";

/** One line with a time stamp for each event, and the last words. */
export function createPlainRenderer({ stdout, now }: Pick<CommandContext, "stdout" | "now">, given: string): Renderer {
  const story = createStory();
  const write = (at: string, line: string) => stdout.write(`${at} ${line.trimEnd()}\n`);
  return {
    onEvent(event) {
      story.add(event);
      for (const line of eventLines(event)) write(event.at, line);
    },
    note: (text) => write(now().toISOString(), text),
    end() {
      const text = lastWords(story, given, noPaint);
      if (text) stdout.write(`\n${text}`);
    },
  };
}

/** An event as lines for people, without its time. */
export function eventLines(event: SluiceEvent): readonly string[] {
  switch (event.type) {
    case "deployment-start":
      return [`${event.kind} ${event.tag} as ${event.deployment} by ${event.actor}: ${event.reason}`];
    case "plan":
      return event.steps.length === 0 ? ["plan: nothing to do"] : ["plan:", ...event.text.split("\n")];
    case "finding":
      return [findingText(event.finding)];
    case "step-start":
      return [`${event.kind} ${event.target}: ${event.cause}`];
    case "step-progress":
      return [`  ${event.text}`];
    case "step-end":
      return [stepEndText(event)];
    case "output-line":
      return event.text.trim() === "" ? [] : [outputText(event)];
    case "verdict":
      return [`  ${verdictText(event.verdict)}`, ...indented(event.verdict.detail)];
    case "share-change":
      return [`  ${event.service}: ${event.share} % to ${event.slot}`];
    case "rehearsal":
    case "person-wanted":
      // The progress of the step says it.
      return [];
    case "order":
      return [orderText(event)];
    case "error":
      return errorLines(event);
    case "deployment-end":
      return [`${outcomeText(event)}; ${servingNowText(event)}; exit code ${event.exitCode}`];
  }
}

export function stepEndText({
  kind,
  target,
  result,
  durationMs,
  detail,
}: Extract<SluiceEvent, { type: "step-end" }>): string {
  return `${kind} ${target}: ${result} in ${formatDuration(durationMs)}${detail ? `: ${detail}` : ""}`;
}

/** One line, whatever the child wrote: it can neither begin a line nor break one. */
export function outputText({ source, text }: Extract<SluiceEvent, { type: "output-line" }>): string {
  return `  ${source} | ${text.replaceAll(/[\r\n]+/g, " ")}`;
}

export function errorLines({
  code,
  message,
  hint,
  detail,
  position,
}: Omit<Extract<SluiceEvent, { type: "error" }>, "v" | "at" | "type">): readonly string[] {
  return [
    `error ${code}: ${position ? `${position}: ` : ""}${message}`,
    ...(hint ? [`  hint: ${hint}`] : []),
    ...indented(detail),
  ];
}

function indented(text: string | undefined): readonly string[] {
  return text
    ? text
        .trimEnd()
        .split("\n")
        .map((line) => `  | ${line}`)
    : [];
}

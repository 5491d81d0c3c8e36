import { stripVTControlCharacters } from "node:util";
import { formatDuration, type SluiceEvent } from "@sluice/core";
import type { CommandContext } from "../context.ts";
import { lastWords } from "./last-words.ts";
import { createLiveBlock } from "./live-block.ts";
import { createPaint, type Paint } from "./paint.ts";
import { errorLines, outputText } from "./plain.ts";
import type { Renderer } from "./renderer.ts";
import { createStory, type Story } from "./story.ts";
import { type EventOf, findingText, orderText, verdictText } from "./words.ts";

const frames = Array.from("⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏");
const frameMs = 100;

interface Running {
  readonly step: EventOf<"step-start">;
  readonly sinceMs: number;
  last: string;
}

/** A list of steps that grows, with the one under way and its last word below it. */
export function createTtyRenderer(
  { stdout, env, now }: Pick<CommandContext, "stdout" | "env" | "now">,
  given: string,
): Renderer {
  const paint = createPaint({ stdout, env });
  const block = createLiveBlock(stdout);
  const story = createStory();
  let running: Running | null = null;
  let frame = 0;
  const draw = () => {
    if (running) block.draw(liveLines(running, story, now().getTime(), frames[frame % frames.length] ?? "", paint));
  };
  const timer = setInterval(() => {
    frame++;
    draw();
  }, frameMs);
  timer.unref();
  return {
    onEvent(event) {
      story.add(event);
      if (event.type === "step-start") running = { step: event, sinceMs: now().getTime(), last: event.cause };
      if (event.type === "step-end" && event.step === running?.step.step) running = null;
      if (running && event.type === "step-progress") running.last = event.text;
      if (running && event.type === "output-line" && event.text.trim() !== "") running.last = outputText(event).trim();
      const text = lastingText(event, running !== null, paint);
      if (text) block.print(text);
      draw();
    },
    note(text) {
      block.print(paint("yellow", text));
      draw();
    },
    end() {
      clearInterval(timer);
      running = null;
      block.clear();
      const text = lastWords(story, given, paint);
      if (text) stdout.write(`\n${text}`);
    },
  };
}

function liveLines(
  { step, sinceMs, last }: Running,
  story: Story,
  nowMs: number,
  mark: string,
  paint: Paint,
): string[] {
  const position = story.planned.findIndex(({ id }) => id === step.step);
  const ahead = position < 0 ? [] : story.planned.slice(position + 1);
  const then = ahead.slice(0, 3).map(({ kind, target }) => `${kind} ${target}`);
  return [
    `${paint("cyan", mark)} ${step.kind} ${step.target}  ${paint("dim", formatDuration(Math.max(0, nowMs - sinceMs)))}`,
    paint("dim", `  ${onOneLine(last)}`),
    ...(then.length > 0
      ? [paint("dim", `  then ${then.join(", ")}${ahead.length > 3 ? ` and ${ahead.length - 3} more` : ""}`)]
      : []),
  ];
}

/** Text of others, in which nothing moves the cursor. */
function onOneLine(text: string): string {
  return stripVTControlCharacters(text).replaceAll(/\p{Cc}+/gu, " ");
}

const marks = {
  done: ["green", "✔"],
  failed: ["red", "✖"],
  undone: ["yellow", "↩"],
  "undo-failed": ["red", "✖"],
} as const;

/** What stays on the screen of an event; empty for what only the live lines show. */
function lastingText(event: SluiceEvent, stepRuns: boolean, paint: Paint): string {
  switch (event.type) {
    case "deployment-start":
      return `${paint("bold", `${event.kind} ${event.tag}`)} ${paint("dim", `${event.deployment}: ${event.reason}`)}`;
    case "finding":
      return paint(event.finding.severity === "info" ? "dim" : "yellow", `! ${findingText(event.finding)}`);
    case "step-end": {
      const [style, mark] = marks[event.result];
      const undo = event.result === "done" || event.result === "failed" ? "" : ` ${event.result}`;
      const line = `${paint(style, mark)} ${event.kind} ${event.target}${undo}  ${paint("dim", formatDuration(event.durationMs))}`;
      return event.detail ? `${line}\n  ${paint(style, event.detail)}` : line;
    }
    case "verdict":
      if (event.verdict.result === "pass") return "";
      return `  ${paint(event.verdict.result === "fail" ? "red" : "yellow", verdictText(event.verdict))}`;
    case "output-line":
      // Between steps there is only the log of a candidate that failed.
      return stepRuns ? "" : paint("dim", outputText(event));
    case "order":
      return paint("yellow", orderText(event));
    case "error":
      return errorLines(event)
        .map((line, index) => (index === 0 ? paint("red", line) : line))
        .join("\n");
    case "plan":
    case "step-start":
    case "step-progress":
    case "share-change":
    case "rehearsal":
    case "person-wanted":
    case "deployment-end":
      return "";
  }
}

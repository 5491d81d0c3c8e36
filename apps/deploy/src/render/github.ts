import { type Finding, formatDuration, formatPosition, harmlessLines, type SluiceEvent } from "@sluice/core";
import type { CommandContext } from "../context.ts";
import { lastWords } from "./last-words.ts";
import { noPaint } from "./paint.ts";
import { eventLines } from "./plain.ts";
import type { Renderer } from "./renderer.ts";
import { createStory } from "./story.ts";
import { annotationPlace, workflowCommand } from "./workflow-commands.ts";

/** A group for each step, annotations for errors and findings. */
export function createGithubRenderer({ stdout }: Pick<CommandContext, "stdout">, given: string): Renderer {
  const story = createStory();
  return {
    onEvent(event) {
      story.add(event);
      stdout.write(githubText(event));
    },
    note: (text) => stdout.write(lines([text])),
    end() {
      stdout.write(lines(["", ...lastWords(story, given, noPaint).split("\n").slice(0, -1)]));
    },
  };
}

function githubText(event: SluiceEvent): string {
  switch (event.type) {
    case "plan":
      return group(`plan: ${event.steps.length} steps`, event.text.split("\n"));
    case "step-start":
      return workflowCommand("group", {}, `${event.kind} ${event.target}`) + lines([event.cause]);
    case "step-end":
      // An undo has no start of its own, so no group is open.
      return event.result === "done" || event.result === "failed"
        ? lines([`${event.result} in ${formatDuration(event.durationMs)}`]) + workflowCommand("endgroup", {}, "")
        : lines(eventLines(event));
    case "finding":
      return findingAnnotation(event.finding);
    case "error": {
      const { code, message, hint, position, detail } = event;
      const text = hint ? `${message}\n${hint}` : message;
      return (
        workflowCommand("error", { title: code, ...annotationPlace(position) }, text) +
        (detail ? group("the last lines", detail.split("\n")) : "")
      );
    }
    case "deployment-start":
    case "order":
    case "person-wanted":
    case "step-progress":
    case "output-line":
    case "verdict":
    case "share-change":
    case "rehearsal":
    case "deployment-end":
      return lines(eventLines(event));
  }
}

const levels = { error: "error", warn: "warning", info: "notice" } as const;

export function findingAnnotation({ severity, code, message, hint, service, position }: Finding): string {
  const place = annotationPlace(formatPosition(position).replace(/: $/, ""));
  const about = service && !message.includes(service) ? `${service}: ` : "";
  return workflowCommand(levels[severity], { title: code, ...place }, `${about}${message}${hint ? `\n${hint}` : ""}`);
}

function group(title: string, body: readonly string[]): string {
  return workflowCommand("group", {}, title) + lines(body) + workflowCommand("endgroup", {}, "");
}

function lines(texts: readonly string[]): string {
  return texts
    .flatMap(harmlessLines)
    .map((line) => `${line}\n`)
    .join("");
}

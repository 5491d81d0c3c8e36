import { randomUUID } from "node:crypto";
import { appendFileSync } from "node:fs";
import { type Finding, formatDuration, formatPosition, type SluiceEvent } from "@sluice/core";
import type { CommandContext } from "../context.ts";
import { githubSummary } from "./github-summary.ts";
import { lastWords } from "./last-words.ts";
import { noPaint } from "./paint.ts";
import { eventLines } from "./plain.ts";
import type { Renderer } from "./renderer.ts";
import { createStory, type Story } from "./story.ts";
import { annotationPlace, harmlessLines, outputAssignment, workflowCommand } from "./workflow-commands.ts";

/** A group for each step, annotations for errors and findings, outputs and the summary of the job at the end. */
export function createGithubRenderer(
  { stdout, stderr, env, now }: Pick<CommandContext, "stdout" | "stderr" | "env" | "now">,
  given: string,
): Renderer {
  const story = createStory();
  const append = (variable: string, text: string) => {
    const path = env[variable];
    if (!path || text === "") return;
    try {
      appendFileSync(path, text);
    } catch (error) {
      // What GitHub shows of a deployment must not decide how it ends.
      stderr.write(`${variable} cannot be written: ${String(error)}\n`);
    }
  };
  let told = "";
  // Told as soon as it is known: one that is killed has no end to tell of, and by this alone it is seen that it began. Told
  // again where what a dead run left was finished or undone first: of an output the last value counts.
  const tellDeployment = (deployment: string) => {
    if (deployment === "" || deployment === told) return;
    told = deployment;
    append("GITHUB_OUTPUT", outputAssignment("deployment", deployment, `sluice-${randomUUID()}`));
  };
  // By this it is decided what the run that is cut short has to take back: never what others left before it.
  let unfinished = "";
  const tellUnfinished = (deployment: string) => {
    if (deployment === unfinished) return;
    unfinished = deployment;
    append("GITHUB_OUTPUT", outputAssignment("unfinished", deployment, `sluice-${randomUUID()}`));
  };
  return {
    onEvent(event) {
      story.add(event);
      if ("deployment" in event) tellDeployment(event.deployment);
      if (event.type === "deployment-start") tellUnfinished(event.deployment);
      if (event.type === "deployment-end" && event.deployment === unfinished && hasEnded(event)) tellUnfinished("");
      stdout.write(githubText(event));
    },
    note: (text) => stdout.write(lines([text])),
    end(report = "") {
      // Before all that is for people: by these the steps that come after decide whether to undo it.
      append("GITHUB_OUTPUT", outputs(story, report));
      stdout.write(lines(["", ...lastWords(story, given, noPaint).split("\n").slice(0, -1)]));
      append("GITHUB_STEP_SUMMARY", githubSummary(story, given, now()));
    },
  };
}

/** What was interrupted may be left open after its cutover, and what waits for a person is. */
function hasEnded({ outcome }: Extract<SluiceEvent, { type: "deployment-end" }>): boolean {
  return outcome !== "interrupted" && outcome !== "needs-person";
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

function outputs({ end }: Story, report: string): string {
  if (!end) return "";
  const delimiter = `sluice-${randomUUID()}`;
  const values = {
    outcome: end.outcome,
    serving: end.serving?.tag ?? "",
    slot: end.serving?.slot ?? "",
    previous: end.previous?.tag ?? "",
    report,
    "exit-reason": end.reason ?? end.outcome,
  };
  return Object.entries(values)
    .map(([name, value]) => outputAssignment(name, value, delimiter))
    .join("");
}

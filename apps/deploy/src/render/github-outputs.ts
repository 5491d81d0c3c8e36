import { randomUUID } from "node:crypto";
import { appendFileSync } from "node:fs";
import { readWorkflowRun, type SluiceEvent } from "@sluice/core";
import type { CommandContext } from "../context.ts";
import { withFlagsInEvent } from "./flags-in-event.ts";
import { githubSummary } from "./github-summary.ts";
import type { Renderer } from "./renderer.ts";
import { createStory, type Story } from "./story.ts";
import { outputAssignment } from "./workflow-commands.ts";

/**
 * A renderer beside which a step of a workflow hands on its outputs and the summary of the job, whatever it prints.
 *
 * @param given options of the call, for the commands that the summary proposes
 */
export function withGithubOutputs(
  renderer: Renderer,
  { stderr, env, now }: Pick<CommandContext, "stderr" | "env" | "now">,
  given: string,
): Renderer {
  const story = createStory();
  const { outputs: outputFile, summary } = readWorkflowRun(env);
  const append = (variable: string, path: string | undefined, text: string) => {
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
    append("GITHUB_OUTPUT", outputFile, outputAssignment("deployment", deployment, `sluice-${randomUUID()}`));
  };
  // By this it is decided what the run that is cut short has to take back: never what others left before it.
  let unfinished = "";
  const tellUnfinished = (deployment: string) => {
    if (deployment === unfinished) return;
    unfinished = deployment;
    append("GITHUB_OUTPUT", outputFile, outputAssignment("unfinished", deployment, `sluice-${randomUUID()}`));
  };
  return {
    onEvent(event) {
      story.add(withFlagsInEvent(event, given));
      if ("deployment" in event) tellDeployment(event.deployment);
      if (event.type === "deployment-start") tellUnfinished(event.deployment);
      if (event.type === "deployment-end" && event.deployment === unfinished && hasEnded(event)) tellUnfinished("");
      renderer.onEvent(event);
    },
    note: (text) => renderer.note(text),
    end(report = "") {
      // Before all that is for people: by these the steps that come after decide whether to undo it.
      append("GITHUB_OUTPUT", outputFile, outputs(story, report));
      renderer.end(report);
      append("GITHUB_STEP_SUMMARY", summary, githubSummary(story, given, now()));
    },
  };
}

/** What was interrupted may be left open after its cutover, and what waits for a person is. */
function hasEnded({ outcome }: Extract<SluiceEvent, { type: "deployment-end" }>): boolean {
  return outcome !== "interrupted" && outcome !== "needs-person";
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

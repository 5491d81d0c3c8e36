import { readWorkflowRun } from "@sluice/core";
import type { CommandContext, CommonFlags } from "../context.ts";
import { withFlags } from "../given-flags.ts";
import { canDrawAgain } from "./can-draw-again.ts";
import { withFlagsInEvent } from "./flags-in-event.ts";
import { createGithubRenderer } from "./github.ts";
import { withGithubOutputs } from "./github-outputs.ts";
import { createJsonRenderer } from "./json.ts";
import { createPlainRenderer } from "./plain.ts";
import type { Renderer } from "./renderer.ts";

export type OutputMode = "json" | "plain" | "github" | "tty";

/** `--json` before `--plain` before GitHub Actions before a terminal that can draw again; else plain. */
export function outputMode(flags: CommonFlags, { env, stdout }: Pick<CommandContext, "env" | "stdout">): OutputMode {
  if (flags.json) return "json";
  if (flags.plain) return "plain";
  if (isOnGithub({ env })) return "github";
  return canDrawAgain(stdout, env) ? "tty" : "plain";
}

function isOnGithub({ env }: Pick<CommandContext, "env">): boolean {
  return readWorkflowRun(env).isStep;
}

/**
 * In GitHub Actions the outputs and the summary of the job are written in every mode.
 *
 * @param given options of the call, which hold for the commands that people are told to type, as `givenFlags` has them
 */
export async function createRenderer(mode: OutputMode, context: CommandContext, given: string): Promise<Renderer> {
  const renderer = await printing(mode, context, given);
  return isOnGithub(context) ? withGithubOutputs(renderer, context, given) : renderer;
}

async function printing(mode: OutputMode, context: CommandContext, given: string): Promise<Renderer> {
  if (mode === "json") return createJsonRenderer(context);
  const renderer = await forPeople(mode, context, given);
  return {
    onEvent: (event) => renderer.onEvent(withFlagsInEvent(event, given)),
    note: (text) => renderer.note(withFlags(text, given)),
    end: (report) => renderer.end(report),
  };
}

async function forPeople(mode: Exclude<OutputMode, "json">, context: CommandContext, given: string): Promise<Renderer> {
  if (mode === "plain") return createPlainRenderer(context, given);
  if (mode === "github") return createGithubRenderer(context, given);
  // To know how wide each character is takes 10 ms, and on a runner nobody asks.
  return (await import("./tty.ts")).createTtyRenderer(context, given);
}

import type { SluiceEvent } from "@sluice/core";
import type { CommandContext, CommonFlags } from "../context.ts";
import { withFlags, withFlagsInHint } from "../given-flags.ts";
import { createGithubRenderer } from "./github.ts";
import { createJsonRenderer } from "./json.ts";
import { canDrawAgain } from "./live-block.ts";
import { createPlainRenderer } from "./plain.ts";
import type { Renderer } from "./renderer.ts";
import { createTtyRenderer } from "./tty.ts";

export type OutputMode = "json" | "plain" | "github" | "tty";

/** `--json` before `--plain` before GitHub Actions before a terminal that can draw again; else plain. */
export function outputMode(flags: CommonFlags, { env, stdout }: Pick<CommandContext, "env" | "stdout">): OutputMode {
  if (flags.json) return "json";
  if (flags.plain) return "plain";
  if (env["GITHUB_ACTIONS"] === "true") return "github";
  return canDrawAgain(stdout, env) ? "tty" : "plain";
}

/** @param given options of the call, which hold for the commands that people are told to type, as `givenFlags` has them */
export function createRenderer(mode: OutputMode, context: CommandContext, given: string): Renderer {
  if (mode === "json") return createJsonRenderer(context);
  const create = { plain: createPlainRenderer, github: createGithubRenderer, tty: createTtyRenderer }[mode];
  const renderer = create(context, given);
  return {
    onEvent: (event) => renderer.onEvent(withFlagsInEvent(event, given)),
    note: (text) => renderer.note(withFlags(text, given)),
    end: (report) => renderer.end(report),
  };
}

function withFlagsInEvent(event: SluiceEvent, given: string): SluiceEvent {
  if (event.type === "error") return withFlagsInHint(event, given);
  if (event.type === "step-progress") return { ...event, text: withFlags(event.text, given) };
  return event.type === "finding" ? { ...event, finding: withFlagsInHint(event.finding, given) } : event;
}

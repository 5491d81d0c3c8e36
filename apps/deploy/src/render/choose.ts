import type { CommandContext, CommonFlags } from "../context.ts";
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

export function createRenderer(mode: OutputMode, context: CommandContext, stackFlag: string): Renderer {
  const create = {
    json: createJsonRenderer,
    plain: createPlainRenderer,
    github: createGithubRenderer,
    tty: createTtyRenderer,
  }[mode];
  return create(context, stackFlag);
}

import { resolve } from "node:path";
import type { EventSink } from "@sluice/core";
import type { DeployerOptions } from "@sluice/wiring";
import type { CommandContext, CommonFlags } from "./context.ts";

/** What the flags and the environment say of the stack. Relative paths start from the working directory. */
export function deployerOptions(
  flags: CommonFlags,
  { env, cwd, user }: Pick<CommandContext, "env" | "cwd" | "user">,
  onEvent?: EventSink,
): DeployerOptions {
  const directory = resolve(cwd, flags.projectDirectory ?? ".");
  const absolute = (paths: readonly string[] | undefined) => paths?.map((path) => resolve(cwd, path));
  const stateHome = flags.stateHome ?? (env["SLUICE_HOME"] || undefined);
  return {
    stack: stackName(flags, env),
    directory,
    files: absolute(flags.file),
    envFiles: absolute(flags.envFile),
    profiles: flags.profile,
    configFile: flags.config === undefined ? undefined : resolve(cwd, flags.config),
    environment: flags.env ?? (env["SLUICE_ENVIRONMENT"] || undefined),
    stateHome: stateHome === undefined ? undefined : resolve(cwd, stateHome),
    env,
    actor: env["GITHUB_ACTOR"] || user,
    onEvent,
  };
}

/** Without any of these Compose is asked, which also knows `.env`, `name:` and the directory. */
function stackName({ projectName }: CommonFlags, env: CommandContext["env"]): string | undefined {
  return projectName ?? (env["STACK_NAME"] || env["COMPOSE_PROJECT_NAME"] || undefined);
}

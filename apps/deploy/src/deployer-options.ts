import { resolve } from "node:path";
import { type EventSink, readWorkflowRun, SluiceError } from "@sluice/core";
import type { DeployerOptions } from "@sluice/wiring";
import type { CommandContext, CommonFlags } from "./context.ts";
import { shellDirectory } from "./shell-directory.ts";

/**
 * What the flags and the environment say of the stack. Relative paths start from the working directory, those of Compose's own
 * flags as Compose takes them. @throws SluiceError USAGE
 */
export function deployerOptions(
  flags: CommonFlags,
  { env, cwd, user, isInteractive }: Pick<CommandContext, "env" | "cwd" | "user" | "isInteractive">,
  onEvent?: EventSink,
): DeployerOptions {
  const here = shellDirectory({ cwd, env });
  const directory = resolve(here, flags.projectDirectory ?? ".");
  const absolute = (paths: readonly string[] | undefined) => paths?.map((path) => resolve(here, path));
  const stateHome = flags.stateHome ?? (env["SLUICE_HOME"] || undefined);
  return {
    stack: stackName(flags, env),
    directory,
    projectDirectory: flags.projectDirectory === undefined ? undefined : directory,
    files: absolute(flags.file),
    envFiles: absolute(flags.envFile),
    profiles: flags.profile,
    configFile: flags.config === undefined ? undefined : resolve(cwd, flags.config),
    environment: flags.env ?? (env["SLUICE_ENVIRONMENT"] || undefined),
    stateHome: stateHome === undefined ? undefined : resolve(cwd, stateHome),
    env,
    actor: readWorkflowRun(env).actor ?? user,
    isAttended: isInteractive,
    onEvent,
  };
}

/** Without any of these Compose is asked, which also knows `.env`, `name:` and the directory. */
function stackName({ projectName }: CommonFlags, env: CommandContext["env"]): string | undefined {
  const name = projectName ?? env["STACK_NAME"];
  // In a workflow that is a secret that is not there, and what Compose would say is another stack.
  if (name === "" && projectName === undefined) {
    throw new SluiceError("USAGE", "STACK_NAME is set and empty: which stack is meant?", {
      hint: "set it (in GitHub Actions: the secret that it comes from), or unset it to have Compose name the stack",
    });
  }
  return name ?? (env["COMPOSE_PROJECT_NAME"] || undefined);
}

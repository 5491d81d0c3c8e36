import type { Command } from "commander";
import { addChangeOptions, addWaitOption } from "./common-options.ts";
import type { Verb } from "./verb.ts";

const notUndone = "go on although what an earlier deployment left could not be undone; recorded";

/** What changes which version serves. @returns the commands whose exit code says what serves */
export function addDeploymentCommands(program: Command, verb: Verb): readonly Command[] {
  const deploy = verb(
    program,
    "deploy",
    "make a release live",
    async () => (await import("./commands/deploy.ts")).deploy,
  );
  addChangeOptions(addReleaseOptions(deploy)).option("--plan", "only show what would be done");
  addReleaseOptions(
    verb(
      program,
      "plan",
      "show what deploy would do, and why",
      async () => (await import("./commands/plan.ts")).showPlan,
    ),
  );
  const rollback = verb(
    program,
    "rollback",
    "go back to the release before, or to one that is stored",
    async () => (await import("./commands/rollback.ts")).rollback,
  );
  addChangeOptions(rollback)
    .argument("[tag]", "tag or id of a release (default: the one before)")
    .option("--accept-incompatible", "go back although that release does not run on the schema of now; recorded")
    .option("--accept-not-undone", notUndone);
  const resume = verb(
    program,
    "resume",
    "finish a deployment whose process is gone (one that runs: sluice traffic resume)",
    async () => (await import("./commands/recover.ts")).resume,
  );
  const abort = verb(
    program,
    "abort",
    "undo a deployment whose process is gone (one that runs: sluice traffic abort)",
    async () => (await import("./commands/recover.ts")).abort,
  )
    .option("--deployment <id>", "only where it is this one that has no end (default: whichever it is)")
    .option(
      "--or-finish",
      "finish it where there is no good way back: it is promoted, goes back itself, or its rehearsal saw the version before fail",
    );
  return [deploy, rollback, addWaitOption(resume), addWaitOption(abort)];
}

function addReleaseOptions(command: Command): Command {
  return command
    .option(
      "--release <tag>",
      "what the checkout is called; it chooses no version (default: the event's in GitHub Actions, else git describe)",
    )
    .option("--retry", "try a release again that failed before")
    .option("--replace-doors", "make all doors anew, also those that are as wanted, with a short gap")
    .option("--steps <shares>", "shares in percent, such as 5:30s,50:1m,100, or auto (default: as configured)")
    .option("--accept-incompatible", "go on although it, or what serves, may not run on the schema; recorded")
    .option("--accept-not-undone", notUndone)
    .option("--accept-dropped", "go on although services that serve end, as none of their profiles is active; recorded")
    .option("--override <reason>", "go on although the window is closed; the reason is recorded");
}

import { Argument, Command } from "commander";
import manifest from "../package.json" with { type: "json" };
import { addCommonOptions, addWaitOption, mergedFlags } from "./common-options.ts";
import type { CommandContext, CommonFlags } from "./context.ts";
import { addAuditCommands } from "./program-audit.ts";
import { addDatabaseCommands } from "./program-db.ts";
import { addDeploymentCommands } from "./program-deployments.ts";
import { addLookingCommands } from "./program-looking.ts";
import { addOutboxCommands } from "./program-outbox.ts";
import { addReleaseCommands } from "./program-release.ts";
import { addStateCommands } from "./program-state.ts";
import type { Run } from "./verb.ts";

/** What became of the command line: filled by the command that ran. */
export interface Invocation {
  flags: CommonFlags;
  exitCode: number;
  /** The exit code says what serves. */
  isDeployment: boolean;
}

/** The command tree. Each command is loaded when it is run: `--help` loads none of them. */
export function createProgram(context: CommandContext, invocation: Invocation): Command {
  const program = addCommonOptions(new Command("sluice"))
    .description("Deploys Docker Compose projects without losing a request, and keeps the way back ready.")
    .version(manifest.version, "-V, --version")
    .enablePositionalOptions()
    .showHelpAfterError("(add --help to see what it takes)")
    .configureHelp({ showGlobalOptions: false });

  function verb<Flags = object>(parent: Command, usage: string, description: string, load: () => Promise<Run<Flags>>) {
    const command = parent.command(usage).description(description);
    return command.action(async () => {
      const flags = mergedFlags<Flags & CommonFlags>(command);
      invocation.flags = flags;
      invocation.isDeployment = deployments.has(command);
      const args = command.args;
      invocation.exitCode = await (await load())({ context, flags, args });
    });
  }

  program.commandsGroup("Deployments:");
  const deployments = new Set(addDeploymentCommands(program, verb));
  program.commandsGroup("Looking:");
  addLookingCommands(program, verb);
  program.commandsGroup("State and set-up:");
  verb(
    program,
    "init",
    "write down what each service is",
    async () => (await import("./commands/init.ts")).init,
  ).option("--workflow", "write workflows for GitHub Actions that deploy the project, instead");
  addReleaseCommands(program.command("release").description("releases on GitHub"), verb);
  addAuditCommands(program.command("audit").description("the record of who did what"), verb);
  addOutboxCommands(program.command("outbox").description("what people still have to be told"), verb);
  addStateCommands(program.command("state").description("the state of the stack: record, releases, keys"), verb);
  addDatabaseCommands(program.command("db").description("backups of the database, and the way back for data"), verb);
  addWaitOption(
    verb(
      program,
      "prune",
      "remove releases that are no longer needed",
      async () => (await import("./commands/prune.ts")).prune,
    ),
  );
  verb(program, "completion", "print a script that completes commands in a shell", async () => {
    const { completion } = await import("./commands/completion.ts");
    return (call) => completion(call, program);
  }).addArgument(new Argument("<shell>", "shell to write for").choices(["bash", "zsh", "fish"]));

  for (const command of leaves(program)) {
    addCommonOptions(command, { shortFile: command.options.every(({ short }) => short !== "-f") });
  }
  return program;
}

function leaves(command: Command): readonly Command[] {
  return command.commands.flatMap((child) => (child.commands.length > 0 ? leaves(child) : [child]));
}

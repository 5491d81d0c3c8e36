import { Argument, Command, Option } from "commander";
import manifest from "../package.json" with { type: "json" };
import { addChangeOptions, addCommonOptions, mergedFlags, toCount } from "./common-options.ts";
import type { CommandCall, CommandContext, CommonFlags } from "./context.ts";
import { addAuditCommands } from "./program-audit.ts";
import { addDatabaseCommands } from "./program-db.ts";
import { addReleaseCommands } from "./program-release.ts";
import { addTrafficCommands } from "./program-traffic.ts";
import { addWindowCommands } from "./program-window.ts";

/** What became of the command line: filled by the command that ran. */
export interface Invocation {
  flags: CommonFlags;
  exitCode: number;
  /** The exit code says what serves. */
  isDeployment: boolean;
}

type Run<Flags> = (call: CommandCall<Flags>) => number | Promise<number>;

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

  const deployments = new Set<Command>();
  program.commandsGroup("Deployments:");
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
    .option("--accept-incompatible", "go back although that release does not run on the schema of now; recorded");
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
  );
  for (const command of [deploy, rollback, resume, abort]) deployments.add(command);

  program.commandsGroup("Looking:");
  verb(
    program,
    "doctor",
    "what is wrong, why it matters, and what mends it",
    async () => (await import("./commands/doctor.ts")).doctor,
  ).addArgument(
    new Argument("[area]", "what to look at: what deployments need, or who may do and read what")
      .choices(["deployments", "security"])
      .default("deployments"),
  );
  verb(
    program,
    "status",
    "what serves, and what needs a person",
    async () => (await import("./commands/status.ts")).status,
  ).option("-w, --watch", "again at each event of a deployment, and every 2 seconds");
  verb(program, "ps", "containers, and where they live", async () => (await import("./commands/ps.ts")).ps);
  const logs = verb(program, "logs", "what containers write", async () => (await import("./commands/logs.ts")).logs);
  logs
    .argument("[service...]", "services (default: all)")
    .option("-f, --follow", "go on as lines come")
    .option("-n, --tail <count>", "last lines of each container (default: all)", toCount)
    .option("--since <time>", "lines since a moment, a duration before now, or the last `deploy`")
    .option("--errors", "only lines that speak of something that went wrong")
    .addOption(
      new Option("--slot <slot>", "slot to look into (default: the one that serves)").choices(["blue", "green"]),
    );
  verb(
    program,
    "verify",
    "run the checks through the door, as users come",
    async () => (await import("./commands/verify.ts")).verify,
  );
  addTrafficCommands(program, verb);
  verb(
    program,
    "history",
    "deployments, and releases to go back to",
    async () => (await import("./commands/history.ts")).history,
  )
    .argument("[id]", "deployment to show all of: what it changed, its steps (default: a list of them)")
    .option("-n, --limit <count>", "deployments to show (default: 20)", toCount);
  addWindowCommands(program, verb);
  verb(program, "report", "what a deployment did, as a page", async () => (await import("./commands/report.ts")).report)
    .argument("[id]", "deployment, as history lists them (default: the last)")
    .addOption(
      new Option("--format <format>", "form (default: html, with --json json)").choices(["html", "markdown", "json"]),
    )
    .option("-o, --output <file>", "file to write, - for the standard output (default: html to sluice-report-ID.html)");

  program.commandsGroup("State and set-up:");
  verb(
    program,
    "init",
    "write down what each service is",
    async () => (await import("./commands/init.ts")).init,
  ).option("--workflow", "write workflows for GitHub Actions that deploy the project, instead");
  addReleaseCommands(program.command("release").description("releases on GitHub"), verb);
  addAuditCommands(program.command("audit").description("the record of who did what"), verb);
  const outbox = program.command("outbox").description("what people still have to be told");
  verb(outbox, "list", "show what waits, and why", async () => (await import("./commands/outbox.ts")).outboxList);
  verb(outbox, "flush", "tell it now", async () => (await import("./commands/outbox.ts")).outboxFlush).option(
    "--uncertain",
    "also what may have arrived before",
  );
  const state = program.command("state").description("the state of the stack: record, releases, keys");
  verb(
    state,
    "export",
    "write it into one file, with what people are still to be told",
    async () => (await import("./commands/state-export.ts")).stateExport,
  )
    .argument("<file>", "file to write, - for the standard output")
    .option("--with-backups", "also the backups of the database that lie in the state home");
  addDatabaseCommands(program.command("db").description("backups of the database, and the way back for data"), verb);
  verb(
    state,
    "import",
    "move the state of a stack here, from a file that was exported",
    async () => (await import("./commands/state-import.ts")).stateImport,
  )
    .argument("<file>", "file to read, - for the standard input")
    .option("--replace", "move a state home aside that is here and holds something")
    .option("--take-over", "also where the stack belongs to another state home than the one exported")
    .option("--reason <text>", "why, for the record");
  verb(
    state,
    "rebuild",
    "make the state anew from what the engine shows, where it is lost",
    async () => (await import("./commands/state-rebuild.ts")).stateRebuild,
  )
    .option("--release <tag>", "what the checkout is, to get its release back (default: git describe)")
    .option("--replace", "move a state home aside that is here and holds something")
    .option("--reason <text>", "why, for the record");
  verb(
    program,
    "prune",
    "remove releases that are no longer needed",
    async () => (await import("./commands/prune.ts")).prune,
  );
  verb(program, "completion", "print a script that completes commands in a shell", async () => {
    const { completion } = await import("./commands/completion.ts");
    return (call) => completion(call, program);
  }).addArgument(new Argument("<shell>", "shell to write for").choices(["bash", "zsh", "fish"]));

  for (const command of leaves(program)) addCommonOptions(command, { shortFile: command !== logs });
  return program;
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
    .option("--accept-incompatible", "go on although the release that serves may not run on the new schema; recorded")
    .option("--override <reason>", "go on although the window is closed; the reason is recorded");
}

function leaves(command: Command): readonly Command[] {
  return command.commands.flatMap((child) => (child.commands.length > 0 ? leaves(child) : [child]));
}

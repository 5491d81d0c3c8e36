import { Argument, type Command, Option } from "commander";
import { toCount } from "./common-options.ts";
import { addTrafficCommands } from "./program-traffic.ts";
import { addWindowCommands } from "./program-window.ts";
import type { Verb } from "./verb.ts";

/** What shows how things are, and `sluice traffic`. */
export function addLookingCommands(program: Command, verb: Verb): void {
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
      new Option("--deployment <id>", "what is kept of a deployment that failed, as history lists them").conflicts([
        "follow",
        "since",
        "slot",
      ]),
    )
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
}

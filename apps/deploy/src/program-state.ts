import type { Command } from "commander";
import type { Verb } from "./verb.ts";

/** `sluice state`: record, releases and keys of the stack. */
export function addStateCommands(state: Command, verb: Verb): void {
  verb(
    state,
    "export",
    "write it into one file, with what people are still to be told",
    async () => (await import("./commands/state-export.ts")).stateExport,
  )
    .argument("<file>", "file to write, - for the standard output")
    .option("--with-backups", "also the backups of the database that lie in the state home");
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
}

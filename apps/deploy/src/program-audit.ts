import { type Command, Option } from "commander";
import type { Verb } from "./verb.ts";

/** `sluice audit`: the record of who did what. */
export function addAuditCommands(audit: Command, verb: Verb): void {
  verb(
    audit,
    "verify",
    "check that the record is complete and unchanged",
    async () => (await import("./commands/audit.ts")).auditVerify,
  ).option("--github", "also compare it with what deployments on GitHub hold of it (github.anchor)");
  verb(audit, "show", "show the record", async () => (await import("./commands/audit.ts")).auditShow);
  verb(
    audit,
    "export",
    "write the whole record for other programs",
    async () => (await import("./commands/audit-export.ts")).auditExport,
  )
    .addOption(
      new Option("--format <format>", "lines of JSON, or a table for spreadsheets (default: jsonl)").choices([
        "jsonl",
        "csv",
      ]),
    )
    .option("-o, --output <file>", "file to write (default: -, the standard output)");
}

import type { Command } from "commander";
import { addCommonOptions } from "./common-options.ts";
import type { Verb } from "./verb.ts";

/** `sluice traffic`, and what can be told to a deployment that runs. */
export function addTrafficCommands(program: Command, verb: Verb): void {
  const shares = async () => (await import("./commands/traffic.ts")).traffic;
  const traffic = verb(
    program,
    "traffic",
    "shares and counters of the doors; orders to a deployment that runs",
    shares,
  );
  addCommonOptions(traffic);
  const order = (kind: "approve" | "pause" | "resume" | "abort", description: string) =>
    verb(traffic, kind, description, async () => (await import("./commands/order.ts")).orders[kind]).option(
      "--reason <text>",
      "why, for the record",
    );
  order("approve", "let the step begin that waits for approval");
  order("pause", "leave users where they are until it is resumed");
  order("resume", "let a paused deployment go on");
  order(
    "abort",
    "take users back to the version before, and undo the deployment; also ends a backup, its proof or a rehearsal",
  );
}

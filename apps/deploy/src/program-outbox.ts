import type { Command } from "commander";
import { addWaitOption } from "./common-options.ts";
import type { Verb } from "./verb.ts";

/** `sluice outbox`: what people still have to be told. */
export function addOutboxCommands(outbox: Command, verb: Verb): void {
  verb(outbox, "list", "show what waits, and why", async () => (await import("./commands/outbox.ts")).outboxList);
  const flush = verb(outbox, "flush", "tell it now", async () => (await import("./commands/outbox.ts")).outboxFlush);
  addWaitOption(flush.option("--uncertain", "also what may have arrived before"));
  const drop = verb(
    outbox,
    "drop",
    "forget what one channel was not told",
    async () => (await import("./commands/outbox.ts")).outboxDrop,
  );
  addWaitOption(drop.argument("<channel>", "name of the channel, as `sluice outbox list` shows it"));
}

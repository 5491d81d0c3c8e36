import { systemClock } from "@sluice/core/node";
import { createJournal, openStateHome } from "@sluice/journal";

/** Appends without end and tells the number of every record that it was promised to be durable. */
const home = await openStateHome(process.argv[2] ?? "", { clock: systemClock });
const journal = createJournal(home, systemClock);
for (;;) {
  const { seq } = await journal.append({ type: "note", text: "x".repeat(Math.floor(Math.random() * 20_000)) });
  process.stdout.write(`${seq}\n`);
}

import { appendFile } from "node:fs/promises";
import { systemClock } from "@sluice/core/node";
import { acquireLock, openStateHome } from "@sluice/journal";

/** Takes the lock some times and notes when it came and went. */
const [, , dir = "", log = ""] = process.argv;
const home = await openStateHome(dir, { clock: systemClock });
for (let round = 0; round < 10; round++) {
  await using _lock = await acquireLock(home, { actor: "racer", reason: "race", release: "v1", waitMs: 60_000 });
  await appendFile(log, "in\n");
  await systemClock.sleep(2);
  await appendFile(log, "out\n");
}

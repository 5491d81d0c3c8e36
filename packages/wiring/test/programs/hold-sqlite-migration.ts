// Begins a migration of SQLite and never ends it: `hold-sqlite-migration.ts CONTAINER FILE`. Says when it has the lock.

import { systemClock } from "@sluice/core/node";
import { runSqliteMigration } from "@sluice/database";
import { createExec } from "../support/migrations.ts";

const [, , container = "", file = ""] = process.argv;
const tool = { exec: createExec(), throwAway: {} as never, stack: "shop", container, scratchMemoryBytes: 1 };
await runSqliteMigration({ ...tool, file, clock: systemClock, run: "doomed", waitMs: 0 }, () => {
  process.stdout.write("locked\n");
  return new Promise(() => undefined);
});

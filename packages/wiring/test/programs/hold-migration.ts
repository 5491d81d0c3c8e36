// Begins a migration in a database and never ends it: `hold-migration.ts CONTAINER`. Says when it has the lock.

import { systemClock } from "@sluice/core/node";
import { findPostgresTarget, openPostgresMigrationServer, runPostgresMigration } from "@sluice/database";
import { createExec, settings } from "../support/migrations.ts";

const [, , container = ""] = process.argv;
const exec = createExec();
const server = await openPostgresMigrationServer(exec, await findPostgresTarget(exec, container), "doomed");
await runPostgresMigration({ server, clock: systemClock, settings, run: "doomed" }, () => {
  process.stdout.write("locked\n");
  return new Promise(() => undefined);
});

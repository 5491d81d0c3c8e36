import type { Command } from "commander";
import { addChangeOptions } from "./common-options.ts";
import type { Verb } from "./verb.ts";

/** `sluice db …` */
export function addDatabaseCommands(db: Command, verb: Verb): void {
  const commands = () => import("./commands/db.ts");
  const backup = verb(db, "backup", "take a backup of the database", async () => (await commands()).dbBackup);
  addChangeOptions(backup.option("--verify", "prove it by restoring it in a throw-away server, then prune"));
  verb(db, "list", "backups, newest first", async () => (await commands()).dbList);
  const show = verb(db, "show", "all that is known of a backup", async () => (await commands()).dbShow);
  show.argument("<backup>", "id of a backup");
  const verify = verb(
    db,
    "verify",
    "restore a backup in a throw-away server and compare it",
    async () => (await commands()).dbVerify,
  );
  addChangeOptions(verify.argument("[backup]", "id of a backup (default: the newest)"));
  const migrate = verb(
    db,
    "migrate",
    "run the jobs of a release that migrate the database, with care",
    async () => (await import("./commands/db-migrate.ts")).dbMigrate,
  );
  migrate
    .argument("[release]", "tag or id of a stored release (default: the one that serves)")
    .option("--down", "run the configured command that takes its migrations back")
    .option("--plan", "show what would run, and how data would come back, and change nothing");
  addChangeOptions(migrate);
  const rehearse = verb(
    db,
    "rehearse",
    "run a release's migration on a copy of the database, and the release that serves after it",
    async () => (await import("./commands/db-rehearse.ts")).dbRehearse,
  );
  rehearse
    .option(
      "--release <tag>",
      "what the checkout is called; it chooses no version (default: the event's in GitHub Actions, else git describe)",
    )
    .option(
      "--fresh",
      "take a backup for it (default: the newest that is proven, of the release that serves and its data as it is)",
    )
    .option("--accept-incompatible", "what only the release that serves minds warns, and does not fail; recorded")
    .option("--markdown", "the report as Markdown");
  addChangeOptions(rehearse);
  const restore = verb(
    db,
    "restore",
    "put a backup in the place of the database, which is kept",
    async () => (await commands()).dbRestore,
  );
  restore
    .argument("[backup]", "id of a backup (default: the newest that is proven)")
    .option("--undo", "put the database back that a restore of this backup took away")
    .option("--of-stack <name>", "with --yes: that the backup is of this other stack is agreed to")
    .option("--of-database <name>", "with --yes: that the backup is of a database of this other name is agreed to");
  addChangeOptions(restore);
  addChangeOptions(
    verb(db, "prune", "remove backups that nobody needs any more", async () => (await commands()).dbPrune),
  );
}

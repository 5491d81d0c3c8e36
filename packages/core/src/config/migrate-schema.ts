import * as z from "zod";
import { duration } from "./duration-schema.ts";
import { migrationJobName } from "./migration-job.ts";

/** How carefully jobs that may migrate the database are run. */
export const migrateSchema = z
  .strictObject({
    /** In whose image, environment, networks and mounts `command` runs once for each release, as a job that is called `SERVICE-migrate`. */
    service: z.string().min(1).optional(),
    /** What migrates, where no service of the compose files is a job that does. */
    command: z.array(z.string()).min(1).optional(),
    /** Without it, jobs run as any other container does. */
    enabled: z.boolean().default(true),
    /** Default: every job. */
    jobs: z.array(z.string().min(1)).min(1).optional(),
    /** A statement of a migration waits this long for a lock. */
    lockTimeout: duration.default(3_000),
    /** A session of the application waits this long behind a migration. */
    queueTimeout: duration.default(3_000),
    statementTimeout: duration.default(900_000),
    /** `concurrent`: the release builds indexes concurrently, which must wait for every older transaction. */
    profile: z.enum(["ordinary", "concurrent"]).default("ordinary"),
    longTransaction: duration.default(10_000),
    /** What is done about transactions that are older than that before a migration begins. */
    onLongTransaction: z.enum(["warn", "refuse", "ignore"]).default("warn"),
    /** The first one included; the later ones only where a lock was met and the schema is what it was. */
    attempts: z.int().min(1).max(10).default(3),
    /** For another migration of the same database. */
    wait: duration.default(30_000),
    /** Timeouts go into the environment of the jobs, by PGOPTIONS. */
    inject: z.boolean().default(true),
    /** What takes the migrations of a release back, in the place of the job's own command. */
    down: z.strictObject({ job: z.string().min(1), command: z.array(z.string()).min(1) }).optional(),
  })
  .superRefine(({ service, command, jobs }, context) => {
    const add = (path: string, message: string) => context.addIssue({ code: "custom", message, path: [path] });
    if (service !== undefined && command === undefined) {
      add("service", `expected beside it the command that migrates: command: [npm, run, migrate]`);
    }
    if (command !== undefined && service === undefined) {
      add("command", "expected beside it the service in whose image it runs: service: NAME");
    }
    const name = service === undefined ? undefined : migrationJobName(service);
    if (name !== undefined && jobs && !jobs.includes(name)) {
      add(
        "jobs",
        `expected ${name} among them, which service and command make; or leave jobs out, which means every job`,
      );
    }
  });

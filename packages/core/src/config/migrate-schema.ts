import * as z from "zod";
import { duration } from "./duration-schema.ts";
import { layering } from "./lay-over.ts";
import { migrationJobName } from "./migration-job.ts";

/** It has the clients of all databases that dbmate knows; from 2.35 on it goes on without TLS where a server has none. */
const dbmateImage = "ghcr.io/amacneil/dbmate:2.36";

/** How carefully jobs that may migrate the database are run. */
export const migrateSchema = z.lazy(() =>
  z
    .strictObject({
      /**
       * In whose environment, networks and mounts the migration runs once for each release, as a job that is called
       * `SERVICE-migrate`; a `command` in its image too.
       */
      service: z.string().min(1).optional(),
      /** What migrates, where no service of the compose files is a job that does. */
      command: z.array(z.string()).min(1).optional(),
      /** In the place of a command: plain SQL files, which dbmate runs. */
      sql: z
        .strictObject({
          /** Where they are, from the directory of the compose file. */
          directory: z.string().min(1),
          /** What has `dbmate` in its `PATH`. */
          image: z.string().min(1).default(dbmateImage),
          /** Variable of the service that says where the database is. */
          urlVariable: z.string().min(1).default("DATABASE_URL"),
        })
        .optional(),
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
      /**
       * The first one included; the later ones only where a lock was met and the schema is what it was. Rows that were committed by
       * then are not seen. Default: 3 where a run is known to be all or nothing (SQL files in PostgreSQL that leave transactions to
       * dbmate), else 1.
       */
      attempts: z.int().min(1).max(10).optional(),
      /** For another migration of the same database. */
      wait: duration.default(30_000),
      /** Timeouts go into the environment of the jobs, by PGOPTIONS. */
      inject: z.boolean().default(true),
      /** What takes the migrations of a release back, in the place of the job's own command. */
      down: z.strictObject({ job: z.string().min(1), command: z.array(z.string()).min(1) }).optional(),
    })
    .superRefine(({ service, command, sql, jobs }, context) => {
      const add = (path: string, message: string) => context.addIssue({ code: "custom", message, path: [path] });
      if (service !== undefined && command === undefined && sql === undefined) {
        add(
          "service",
          "expected beside it what migrates: command: [npm, run, migrate], or sql: { directory: db/migrations }",
        );
      }
      if (command !== undefined && sql !== undefined)
        add("sql", "expected no command beside it: dbmate runs these files");
      if (command !== undefined && service === undefined) {
        add("command", "expected beside it the service in whose image it runs: service: NAME");
      }
      if (sql !== undefined && service === undefined) {
        add("sql", "expected beside it the service whose environment says where the database is: service: NAME");
      }
      const name = service === undefined ? undefined : migrationJobName(service);
      if (name !== undefined && jobs && !jobs.includes(name)) {
        add("jobs", `expected ${name} among them, which service makes; or leave jobs out, which means every job`);
      }
    })
    .register(layering, { as: "merged", instead: ["command", "sql"] }),
);

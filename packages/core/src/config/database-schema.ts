import * as z from "zod";
import { bytes } from "./bytes-schema.ts";
import { timeSpan } from "./duration-schema.ts";
import { layering } from "./lay-over.ts";
import { migrateSchema } from "./migrate-schema.ts";
import { resticSchema } from "./restic-schema.ts";

const databaseCommand = z.array(z.string()).min(1);

export const databaseSchema = z.lazy(() =>
  z.strictObject({
    /** Default: the one data service whose image is a known database. */
    service: z.string().optional(),
    /** Default: inferred from the image. */
    kind: z.enum(["postgres", "mysql", "mariadb", "sqlite", "command"]).optional(),
    /** Default: what the service's environment says (`POSTGRES_DB`, `MARIADB_DATABASE`, …). */
    name: z.string().min(1).optional(),
    user: z.string().min(1).optional(),
    /** Of kind `sqlite`: path of the database in the service's container. */
    file: z.string().startsWith("/", "expected an absolute path").optional(),
    /** Has `sqlite3`, Python or Node, and `sleep`: for services of kind `sqlite` whose own image has none of them. */
    toolImage: z.string().min(1).optional(),
    /** Of kind `command`. An environment's are all its own. */
    command: z
      .strictObject({
        /** Writes a dump to its standard output. */
        dump: databaseCommand,
        /** Reads one from its standard input into an empty server. Without it no backup can be proven. */
        restore: databaseCommand.optional(),
        /** What a throw-away container runs. Default: what the service does. */
        start: databaseCommand.optional(),
        /** Ends with 0 once a throw-away server takes connections. */
        ready: databaseCommand.optional(),
        /** Ends with 0 if what was restored is good. */
        verify: databaseCommand.optional(),
      })
      .register(layering, { as: "whole" })
      .optional(),
    /** Before a release that was never live may change data: a backup that is proven by restoring it, a backup, or none. */
    beforeDeploy: z.enum(["proven", "taken", "none"]).default("proven"),
    /** Before a release that was never live migrates: its migration on a copy, which can end the deployment, only warns, or is not made. */
    rehearsal: z.enum(["off", "warn", "block"]).default("off"),
    /** What a rehearsal makes of what squawk has against the SQL of a migration of PostgreSQL; `off`: it is not asked. */
    squawk: z.enum(["off", "note", "warn", "block"]).default("note"),
    /** Of a dump. */
    timeout: timeSpan.default(3_600_000),
    /** The newest restore-verified backups that stay, and the newest of each of as many days (UTC) in which one was taken. */
    keep: z.int().min(1).default(7),
    store: z
      .strictObject({
        /** Default: `backups` in the state home. */
        directory: z.string().min(1).optional(),
        /** In the place of a directory, also of one that is named. Its key: `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY` in the environment. */
        s3: z
          .strictObject({
            bucket: z.string().min(3),
            /** Beginning of the names of all objects. */
            prefix: z.string().default(""),
            region: z.string().min(1).default("us-east-1"),
            /** Of anything but Amazon's own. */
            endpoint: z
              .url({ protocol: /^https?$/, error: "expected a URL such as https://s3.example.com" })
              .optional(),
            /** The bucket is in the path, as most servers but Amazon's want it. */
            pathStyle: z.boolean().default(false),
          })
          .optional(),
        restic: resticSchema.optional(),
      })
      .register(layering, { as: "alternatives" })
      .prefault({}),
    migrate: migrateSchema.prefault({}),
    encryption: z
      .strictObject({
        recipient: z.string().startsWith("age1", "expected an age recipient that begins with age1"),
        /** Needed to verify and to restore. May hold those of earlier recipients, too, a line each. */
        identityFile: z.string().min(1).optional(),
      })
      .optional(),
    verify: z
      .strictObject({
        /** Rows of large tables whose content is compared: one in 64, or all. All are counted. */
        rows: z.enum(["sampled", "all"]).default("sampled"),
        /** Memory of the throw-away server. */
        memory: bytes("64m").default(1_073_741_824),
        /** Of proving a backup, and of restoring one. */
        timeout: timeSpan.default(3_600_000),
      })
      .prefault({}),
  }),
);

export type DatabaseConfig = z.output<typeof databaseSchema>;

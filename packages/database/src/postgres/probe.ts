import type { ContainerExec } from "@sluice/core";
import { SluiceError } from "@sluice/core";
import * as z from "zod";
import type { DatabaseFacts, Manifest } from "../model/manifest.ts";
import { once } from "../model/parse-once.ts";
import { type PsqlOptions, type PsqlSession, runSql } from "./psql.ts";
import type { PostgresTarget } from "./target.ts";

/** What must be known of a server and a database before it is backed up. */
export interface PostgresFacts {
  readonly server: Manifest["server"];
  readonly database: DatabaseFacts;
  readonly sizeBytes: number;
}

/** `hashtextextended`, which fingerprints are made with, came with it. */
const oldestMajor = 11;

/** Which libraries a server loads is not shown to everybody: then none is known. */
const sql = `
select json_build_object(
  'version', current_setting('server_version'),
  'number', current_setting('server_version_num')::int,
  'preload', coalesce((select setting from pg_settings where name = 'shared_preload_libraries'), ''),
  'locks', current_setting('max_locks_per_transaction')::int
    * (current_setting('max_connections')::int + current_setting('max_prepared_transactions')::int),
  'size', pg_database_size(d.oid),
  'owner', pg_get_userbyid(d.datdba),
  'encoding', pg_encoding_to_char(d.encoding),
  'row', to_jsonb(d)
) from pg_database d where d.datname = current_database();`;

const answerSchema = z.lazy(() =>
  z.object({
    version: z.string(),
    number: z.int(),
    preload: z.string(),
    locks: z.int(),
    size: z.number(),
    owner: z.string(),
    encoding: z.string(),
    // Names and providers of locales came and went between versions.
    row: z.object({
      datname: z.string(),
      datcollate: z.string().nullish(),
      datctype: z.string().nullish(),
      datlocprovider: z.string().nullish(),
      daticulocale: z.string().nullish(),
      datlocale: z.string().nullish(),
      daticurules: z.string().nullish(),
    }),
  }),
);

/** @throws SluiceError DATABASE_UNREACHABLE, DATABASE_UNKNOWN (a server that is too old) */
export async function probePostgres(
  exec: ContainerExec,
  target: PostgresTarget,
  options: PsqlOptions,
): Promise<PostgresFacts> {
  return readFacts(await runSql(exec, target, sql, options));
}

/** The same, over a connection that is there. */
export async function probeIn(session: PsqlSession): Promise<PostgresFacts> {
  return readFacts(await session.query(sql));
}

function readFacts([line = "{}"]: readonly string[]): PostgresFacts {
  const { version, number, preload, locks, size, owner, encoding, row } = answerSchema.parse(JSON.parse(line), once);
  const major = Math.floor(number / 10_000);
  if (major < oldestMajor) {
    throw new SluiceError("DATABASE_UNKNOWN", `PostgreSQL ${version} is too old, ${oldestMajor} or newer is needed`);
  }
  return {
    server: { version, major, preload, locks },
    sizeBytes: size,
    database: {
      name: row.datname,
      owner,
      encoding,
      collate: row.datcollate ?? null,
      ctype: row.datctype ?? null,
      provider: row.datlocprovider ?? "c",
      locale: row.datlocale ?? row.daticulocale ?? null,
      ...(row.daticurules ? { icuRules: row.daticurules } : {}),
    },
  };
}

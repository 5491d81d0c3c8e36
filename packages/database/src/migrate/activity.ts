import * as z from "zod";

const sessionSchema = z.lazy(() =>
  z.object({
    pid: z.int(),
    /** With `pid` it names a session for ever: numbers come again. */
    started: z.string(),
    /** Milliseconds since the session began. */
    ageMs: z.number(),
    name: z.string(),
    /** `null` over the server's own socket. */
    address: z.string().nullable(),
    /** Milliseconds since its transaction began; `null` outside one. */
    transactionMs: z.number().nullable(),
    /** Milliseconds since its statement began. */
    statementMs: z.number(),
    /** The moment its statement began: changes with every statement. */
    statement: z.string(),
    isActive: z.boolean(),
    /** What kind of lock it waits for: `relation`, `advisory`, …; `null` where it does not wait. */
    waitsFor: z.string().nullable(),
    /** Milliseconds that it has waited for that lock; `null` where the server does not say (before PostgreSQL 14). */
    waitedMs: z.number().nullable(),
    /** Who has what it waits for, or is before it in the queue; 0 is a prepared transaction. */
    blockedBy: z.array(z.int()).readonly(),
    /** Nobody knows `blockedBy` for sure: it is inferred from who was there before. */
    isGuess: z.boolean().default(false),
    /** As the server has it: holds values, and may be cut off. */
    query: z.string(),
  }),
);

/** A session of the database that is in a statement or in a transaction. */
export type Session = Readonly<z.infer<typeof sessionSchema>>;

const ms = (age: string) => `(extract(epoch from clock_timestamp() - ${age}) * 1000)`;

/** Older servers do not have that column. */
const waitStart =
  "(select max(to_jsonb(l) ->> 'waitstart')::timestamptz from pg_catalog.pg_locks l where l.pid = a.pid and not l.granted)";

/** One JSON object a line. Ours are left out: they hold no lock on anything of the application. */
export const activitySql = `
select json_build_object(
  'pid', pid, 'started', backend_start::text, 'ageMs', ${ms("backend_start")}, 'name', application_name,
  'address', host(client_addr), 'transactionMs', ${ms("xact_start")}, 'statementMs', coalesce(${ms("query_start")}, 0),
  'statement', coalesce(query_start::text, ''), 'isActive', coalesce(state, '') in ('active', 'fastpath function call'),
  'waitsFor', case wait_event_type when 'Lock' then wait_event end,
  'waitedMs', case wait_event_type when 'Lock' then ${ms(waitStart)} end,
  'blockedBy', case wait_event_type when 'Lock' then pg_blocking_pids(pid) else '{}' end,
  'query', coalesce(query, ''))
from pg_stat_activity a
where datname = current_database() and backend_type = 'client backend' and state is distinct from 'idle'
  and pid <> pg_backend_pid()
order by pid;`;

const preparedSchema = z.lazy(() => z.object({ gid: z.string(), ageMs: z.number() }));

/** A transaction that somebody prepared and that goes on holding its locks with no session. */
export type PreparedTransaction = Readonly<z.infer<typeof preparedSchema>>;

export const preparedSql = `
select json_build_object('gid', gid, 'ageMs', ${ms("prepared")})
from pg_prepared_xacts where database = current_database() order by prepared;`;

export function parseSessions(lines: readonly string[]): readonly Session[] {
  return lines.map((line) => withoutEndedWait(sessionSchema.parse(JSON.parse(line))));
}

/** The server asks who is in the way after it has asked who waits: nobody is where the wait ended in between. */
function withoutEndedWait(session: Session): Session {
  return session.blockedBy.length > 0 ? session : { ...session, waitsFor: null, waitedMs: null };
}

export function parsePrepared(lines: readonly string[]): readonly PreparedTransaction[] {
  return lines.map((line) => preparedSchema.parse(JSON.parse(line)));
}

import * as z from "zod";
import { isReading } from "./is-reading.ts";
import type { ClientSession } from "./left-sessions.ts";

const portSchema = z.lazy(() => z.object({ port: z.int() }));
const sessionSchema = z.lazy(() =>
  z.object({
    pid: z.int(),
    user: z.string(),
    host: z.string(),
    /** -1 over the server's own socket. */
    port: z.int(),
    statementMs: z.number(),
    isOfDatabase: z.boolean(),
    query: z.string(),
  }),
);

/**
 * The port of the server, and its sessions that are in a statement: one whose client is gone ends by itself as soon as it waits for
 * that. Those of others are left out where the role may not see what they do.
 */
export const clientsSql = `
select json_build_object('port', current_setting('port')::int);
select json_build_object('pid', pid, 'user', coalesce(usename::text, ''), 'host', coalesce(host(client_addr), ''),
  'port', coalesce(client_port, -1), 'statementMs', coalesce(extract(epoch from clock_timestamp() - query_start) * 1000, 0),
  'isOfDatabase', coalesce(datname = current_database(), false), 'query', left(coalesce(query, ''), 2000))
from pg_stat_activity
where backend_type = 'client backend' and state in ('active', 'fastpath function call') and pid <> pg_backend_pid();`;

/** What `clientsSql` gives. */
export function parseClients([port = "{}", ...lines]: readonly string[]): {
  readonly port: number;
  readonly sessions: readonly ClientSession[];
} {
  const sessions = lines.map((line): ClientSession => {
    const { query, port, ...session } = sessionSchema.parse(JSON.parse(line));
    return { ...session, port: port < 0 ? null : port, isKilled: false, isReading: isReading(query) };
  });
  return { ...portSchema.parse(JSON.parse(port)), sessions };
}

import type { ContainerExec } from "@sluice/core";
import * as z from "zod";
import { isReading } from "../migrate/is-reading.ts";
import { type ClientSession, type LeftServer, leftSessions } from "../migrate/left-sessions.ts";
import { readConnections } from "../process/connections.ts";
import { type ClientOptions, runSql } from "./client.ts";
import { fromHex, type MysqlTarget, quoteText } from "./target.ts";

const sql = (database: string) => `
select json_object('kind', 'server', 'port', @@port);
select json_object('kind', 'session', 'id', p.id, 'user', p.user, 'host', p.host, 'command', p.command, 'seconds', coalesce(p.time, 0),
  'isOfDatabase', p.db is null or p.db = ${quoteText(database)}, 'sql', hex(left(coalesce(p.info, ''), 2000)))
from information_schema.processlist p where p.id <> connection_id();`;

const lineSchema = z.lazy(() =>
  z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("server"), port: z.int() }),
    z.object({
      kind: z.literal("session"),
      id: z.int(),
      user: z.string(),
      host: z.string(),
      command: z.string(),
      seconds: z.number(),
      isOfDatabase: z.coerce.boolean(),
      sql: z.string(),
    }),
  ]),
);

/** Looks with sessions of its own, one for each look. */
export function mysqlLeftServer(
  exec: ContainerExec,
  target: MysqlTarget,
  addresses: ReadonlySet<string>,
  options: ClientOptions,
): LeftServer {
  return {
    async look() {
      const { port, sessions } = parseClients(await runSql(exec, target, sql(target.database), options));
      // After the sessions: what has ended in between is no session that is left.
      const connections = await readConnections(exec, target.container, options.signal);
      return leftSessions(sessions, connections, port, addresses);
    },
    async end(pids) {
      for (const pid of pids) await runSql(exec, target, `kill ${pid};`, options).catch(() => undefined);
    },
  };
}

/** What `sql` gives. */
export function parseClients(lines: readonly string[]): {
  readonly port: number;
  readonly sessions: readonly ClientSession[];
} {
  const seen = lines.map((line) => lineSchema.parse(JSON.parse(line)));
  const port = seen.flatMap((one) => (one.kind === "server" ? [one.port] : []))[0] ?? 0;
  const sessions = seen.flatMap((one): ClientSession[] => {
    if (one.kind !== "session") return [];
    const [, host = one.host, digits] = /^(.*):(\d+)$/.exec(one.host) ?? [];
    return [
      {
        pid: one.id,
        user: one.user,
        host,
        port: digits === undefined ? null : Number(digits),
        statementMs: one.seconds * 1_000,
        isKilled: one.command === "Killed",
        isReading: isReading(fromHex(one.sql)),
        isOfDatabase: one.isOfDatabase,
      },
    ];
  });
  return { port, sessions };
}

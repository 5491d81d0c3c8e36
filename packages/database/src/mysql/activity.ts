import { isIP } from "node:net";
import * as z from "zod";
import type { Session } from "../migrate/activity.ts";
import { innodbTimeSql } from "./innodb-time.ts";
import { fromHex, type MysqlTarget, quoteText } from "./target.ts";

/** What of the server's state a session may look at. Pieces that it may not see are left out of what it asks. */
export interface Sight {
  /** Who is in a transaction; the right to it is `PROCESS`. */
  readonly transactions: boolean;
  /** Who waits for whose rows. */
  readonly waits: boolean;
}

const transactionsFrom = "information_schema.innodb_trx t where t.trx_mysql_thread_id <> 0";

const waitsFrom: Readonly<Record<MysqlTarget["kind"], string>> = {
  mariadb: `information_schema.innodb_lock_waits w
join information_schema.innodb_trx r on r.trx_id = w.requesting_trx_id
join information_schema.innodb_trx b on b.trx_id = w.blocking_trx_id`,
  mysql: `performance_schema.data_lock_waits w
join performance_schema.threads r on r.thread_id = w.requesting_thread_id
join performance_schema.threads b on b.thread_id = w.blocking_thread_id`,
};
const waiter = { mariadb: "trx_mysql_thread_id", mysql: "processlist_id" } as const;

/** A line for each piece that the session may see, and none for one that it may not: run by a client that goes on after errors. */
export function sightSql(kind: MysqlTarget["kind"]): string {
  return `select 'transactions', count(*) from ${transactionsFrom};
select 'waits', count(*) from ${waitsFrom[kind]};`;
}

/** MySQL counts whole seconds; its own record of statements is finer. */
const processes: Readonly<
  Record<MysqlTarget["kind"], { readonly ms: string; readonly statement: string; readonly from: string }>
> = {
  mariadb: { ms: "p.time_ms", statement: "p.query_id", from: "information_schema.processlist p" },
  mysql: {
    ms: "coalesce(s.timer_wait / 1000000000, p.time * 1000)",
    statement: "coalesce(s.event_id, crc32(p.info))",
    from: `information_schema.processlist p left join performance_schema.threads h on h.processlist_id = p.id
left join performance_schema.events_statements_current s
  on s.thread_id = h.thread_id and s.end_event_id is null and s.nesting_event_id is null`,
  },
};

/** One JSON object a line, which `parseActivity` reads: sessions of the database, and what is known of them. */
export function activitySql({ kind, database }: Pick<MysqlTarget, "kind" | "database">, sight: Sight): string {
  const { ms, statement, from } = processes[kind];
  const age = (moment: string) => `timestampdiff(microsecond, ${moment}, now(6)) / 1000`;
  return [
    `select json_object('kind', 'session', 'id', p.id, 'user', p.user, 'host', p.host, 'command', p.command,
  'ms', ${ms}, 'statement', coalesce(${statement}, ''), 'state', coalesce(p.state, ''), 'sql', hex(left(coalesce(p.info, ''), 2000)))
from ${from} where p.db = ${quoteText(database)} and p.id <> connection_id();`,
    ...(sight.transactions
      ? [
          innodbTimeSql,
          `select json_object('kind', 'transaction', 'id', t.trx_mysql_thread_id, 'ms', ${age("t.trx_started")},
  'waitMs', if(t.trx_state = 'LOCK WAIT', ${age("t.trx_wait_started")}, null)) from ${transactionsFrom};`,
        ]
      : []),
    ...(sight.waits
      ? [
          `select json_object('kind', 'wait', 'id', r.${waiter[kind]}, 'by', b.${waiter[kind]}) from ${waitsFrom[kind]};`,
        ]
      : []),
  ].join("\n");
}

const lineSchema = z.lazy(() =>
  z.discriminatedUnion("kind", [
    z.object({
      kind: z.literal("session"),
      id: z.int(),
      user: z.string(),
      /** With a port, except over the server's own socket: an address, or the name that the server has found for it. */
      host: z.string(),
      command: z.string(),
      /** Since the statement began, or since the last one ended. */
      ms: z.number(),
      statement: z.coerce.string(),
      state: z.string(),
      sql: z.string(),
    }),
    z.object({ kind: z.literal("transaction"), id: z.int(), ms: z.number(), waitMs: z.number().nullable() }),
    z.object({ kind: z.literal("wait"), id: z.int(), by: z.int() }),
  ]),
);

/** What tells those who came since from those who were there. */
export interface Latest {
  /** Number of a connection: whoever has a higher one came later, and is young. */
  readonly connection: number;
  /** The server has asked for the names of those who came since. */
  readonly knowsNames: boolean;
}

/**
 * Sessions that are in a statement or a transaction. Servers of this kind say who waits for a table, and not for whom: it is
 * taken to be everybody who was there before and may keep it from them.
 */
export function parseActivity(lines: readonly string[], { connection, knowsNames }: Latest): readonly Session[] {
  const seen = lines.map((line) => lineSchema.parse(JSON.parse(line)));
  const transactions = new Map(seen.flatMap((one) => (one.kind === "transaction" ? [[one.id, one] as const] : [])));
  const sessions = seen.flatMap((one): readonly Session[] => {
    if (one.kind !== "session") return [];
    const { id, user, host, command, ms, statement, state, sql } = one;
    const isActive = command !== "Sleep";
    const query = withoutStrings(fromHex(sql));
    const from = host.replace(/:\d+$/, "");
    const transaction = transactions.get(id);
    if (!isActive && !transaction) return [];
    const waitsForTable = isActive && /^Waiting for .*\block\b/i.test(state);
    const waitMs = transaction?.waitMs ?? null;
    return [
      {
        pid: id,
        started: String(id),
        // One whose name may be somebody else's is taken for nobody's.
        ageMs: id > connection && (knowsNames || isIP(from) !== 0) ? 0 : Number.MAX_SAFE_INTEGER,
        name: user,
        address: from === "localhost" ? null : from,
        transactionMs: transaction?.ms ?? null,
        statementMs: isActive ? ms : 0,
        statement,
        isActive,
        waitsFor: waitsForTable ? "metadata" : waitMs === null ? null : "row",
        waitedMs: waitsForTable ? waitedForTable(query, ms) : waitMs,
        blockedBy: seen.flatMap((other) => (other.kind === "wait" && other.id === id ? [other.by] : [])),
        isGuess: waitsForTable,
        query,
      },
    ];
  });
  return sessions.map((session) =>
    session.isGuess ? { ...session, blockedBy: likelyBlockers(session, sessions) } : session,
  );
}

/** Statements that keep everybody from a table, also while they wait for it themselves. */
const exclusive = /^\s*(?:alter|analyze|create|drop|flush|lock|optimize|rename|repair|truncate)\b/i;

/** One that reads or writes waits before it begins; one that builds a table anew may wait at its end. */
function waitedForTable(query: string, statementMs: number): number | null {
  return exclusive.test(query) ? null : statementMs;
}

/**
 * Who reads or writes is in the way of those alone who want a table for themselves, who are in that of everybody who comes
 * later. Where that leaves nobody, it is a statement before (`lock tables`) that somebody's lock is from.
 */
function likelyBlockers(session: Session, sessions: readonly Session[]): readonly number[] {
  const others = sessions.filter(({ pid }) => pid !== session.pid);
  const before = others.filter((other) => presentMs(other) > session.statementMs);
  const changing = others.filter(
    (other) => other.isActive && exclusive.test(other.query) && other.statementMs > session.statementMs,
  );
  const inTheWay = exclusive.test(session.query) ? [...new Set([...changing, ...before])] : changing;
  return (inTheWay.length > 0 ? inTheWay : before).map(({ pid }) => pid);
}

/** Since when it may hold a table. One that waits for its first has none. */
function presentMs({ transactionMs, isActive, waitsFor, statementMs }: Session): number {
  return Math.max(transactionMs ?? 0, isActive && waitsFor !== "metadata" ? statementMs : 0);
}

/** Strings of this kind of server may be in double quotes and hold backslashes; a comment may begin with `#`. */
const token =
  /`(?:[^`]|``)*(?:`|$)|"(?:[^"\\]|\\[\s\S]|"")*(?:"|$)|'(?:[^'\\]|\\[\s\S]|'')*(?:'|$)|#[^\n]*|--\s[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/g;

function withoutStrings(sql: string): string {
  return sql.replaceAll(token, (found) => (found.startsWith("`") ? found : /^["']/.test(found) ? "?" : " "));
}

import { type ContainerExec, isSluiceError, messageOf } from "@sluice/core";
import type { Turns } from "../process/turns.ts";
import { type ClientOptions, openSession } from "./client.ts";
import { fromHex, type MysqlTarget } from "./target.ts";

/** While it is open, no transaction commits anywhere in the server: whoever looks meanwhile sees the same. Disposing ends it. */
export interface Gate extends AsyncDisposable {
  /** Why nothing is held still, or was not to the end, which is known when it is disposed; `null` where it is. */
  readonly refused: string | null;
}

/**
 * MariaDB's own way for backups waits neither for long queries nor for open transactions. MySQL has none that does not wait
 * for the statements that run: two seconds, as others wait behind it. Whatever becomes of this process, the server ends
 * it: with the input of the client, or 30 s after its last word.
 */
const hold = {
  mariadb: ["set lock_wait_timeout = 5; backup stage start; backup stage block_commit;", "backup stage end;"],
  mysql: ["set lock_wait_timeout = 2; flush tables with read lock;", "unlock tables;"],
} as const;

/** What threads that work for somebody are seen to do: also the server's own, for events. */
const works = (command: string, info: string) =>
  `(${command} in ('Query', 'Execute') or ${command} = 'Connect' and ${info} is not null)`;

/**
 * Somebody's statement that has run for longer than a moment, by the server's own record, or for a second where it keeps
 * none. One line at most.
 */
const longStatementSql = `
select id, who, seconds from (
  select t.processlist_id as id, hex(concat(t.processlist_user, '@', t.processlist_host)) as who, t.processlist_time as seconds
  from performance_schema.threads t
  left join performance_schema.events_statements_current s
    on s.thread_id = t.thread_id and s.end_event_id is null and s.nesting_event_level = 0
  where t.processlist_user <> 'system user' and ${works("t.processlist_command", "t.processlist_info")}
    and (t.processlist_time >= 1 or s.timer_wait > 100000000000)
  union all
  select id, hex(concat(user, '@', host)), time from information_schema.processlist
  where user <> 'system user' and ${works("command", "info")} and time >= 1
) running where id <> connection_id() order by seconds desc limit 1;`;

/** 5 s of looking ten times a second. */
const mostLooks = 50;

/**
 * Waits until no statement runs that may run for long. In MySQL `FLUSH TABLES` waits for those, and even when it has given up,
 * everybody who wants a table of theirs waits until they end.
 *
 * @returns what is still running after 5 s; `null` where nothing is
 */
async function longStatement(session: Turns): Promise<string | null> {
  for (let looks = 1; ; looks += 1) {
    const [line] = await session.query(longStatementSql);
    if (line === undefined) return null;
    if (looks >= mostLooks) {
      const [id, who = "", seconds] = line.split("\t");
      return `session ${id} (${fromHex(who)}) has been running a statement for ${seconds} s, and MySQL's way to hold writes would make others wait for its end`;
    }
    await session.query("do sleep(0.1);");
  }
}

/**
 * Holds all commits of the server for the moment in which two sessions take their snapshots: servers of this kind cannot
 * hand one session's on to another. An account without the right to is told so, and goes on without.
 */
export async function openGate(exec: ContainerExec, target: MysqlTarget, options: ClientOptions): Promise<Gate> {
  const session = await openSession(exec, target, options);
  const [begin, end] = hold[target.kind];
  try {
    await session.query("set wait_timeout = 30;");
    const busy = target.kind === "mysql" ? await longStatement(session) : null;
    if (busy !== null) {
      await session[Symbol.asyncDispose]();
      return notHeld(busy);
    }
    await session.query(begin);
  } catch (error) {
    await session[Symbol.asyncDispose]();
    options.signal?.throwIfAborted();
    if (!isSluiceError(error) || error.code !== "BACKUP_FAILED") throw error;
    return notHeld(error.message);
  }
  let refused: string | null = null;
  return {
    get refused() {
      return refused;
    },
    async [Symbol.asyncDispose]() {
      await session.query(end).catch((error: unknown) => {
        refused = `writes may have gone on before both had begun: ${messageOf(error)}`;
      });
      await session[Symbol.asyncDispose]();
    },
  };
}

function notHeld(refused: string): Gate {
  return { refused, async [Symbol.asyncDispose]() {} };
}

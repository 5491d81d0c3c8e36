import { sessionPrefix } from "../target.ts";

/**
 * What stands before each line of a server's log: after what is there by default, of sessions alone, the virtual
 * transaction and the name of the session.
 */
export const sentSqlPrefix = "%m [%p] %qsluice-sent[%v %a] ";

/** Statements of one transaction, as they were sent: a text may hold several. */
export type SentTransaction = readonly string[];

interface Entry {
  readonly transaction: string;
  readonly sql: string;
}

const entry =
  /^\d[^\n]*? \[\d+\] sluice-sent\[(?<transaction>\S*) (?<name>.*?)\] LOG: {2}(?:statement|execute [^\n]*?): (?<sql>[^\n]*(?:\n\t[^\n]*)*)/gm;

/**
 * The statements that a server logged after a mark, in order, by transaction, without our own. A server that is told to
 * log what changes its schema logs all that was sent together with it.
 */
export function parseSentSql(log: string, mark: string): readonly SentTransaction[] {
  const at = log.indexOf(mark);
  if (at < 0) return [];
  const found: { transaction: string; statements: string[] }[] = [];
  for (const { transaction, sql } of entriesOf(log.slice(at))) {
    const last = found.at(-1);
    if (last?.transaction === transaction) last.statements.push(sql);
    else found.push({ transaction, statements: [sql] });
  }
  return found.map(({ statements }) => statements);
}

function entriesOf(log: string): readonly Entry[] {
  return [...log.matchAll(entry)].flatMap(({ groups }) => {
    const { transaction = "", name = "", sql = "" } = groups ?? {};
    // A line of a statement that goes on has a tab before it.
    return name.startsWith(sessionPrefix) ? [] : [{ transaction, sql: sql.replaceAll("\n\t", "\n") }];
  });
}

/** Statements that refuse to be in a transaction, and those that begin one themselves. */
const standsAlone = /\bconcurrently\b|^\s*(?:vacuum|cluster|begin|start\s+transaction)\b/im;

/** A transaction as a part of a file of SQL, for what reads such files. Pure. */
export function scriptOf(statements: SentTransaction): string {
  const sql = statements.map(ended).join("\n");
  return standsAlone.test(sql) ? `${sql}\n` : `begin;\n${sql}\ncommit;\n`;
}

/** On a line of its own, as a comment may be the end of it. */
function ended(sql: string): string {
  return /;\s*$/.test(sql) ? sql : `${sql}\n;`;
}

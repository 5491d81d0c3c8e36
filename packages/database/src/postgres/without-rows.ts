const mostSaid = 4_000;

/** What a program of PostgreSQL says next, after a text of several lines. */
const nextOfProgram = /^(?:psql|pg_\w+):/;
const next = /^(?:(?:psql|pg_\w+):|(?:ERROR|FATAL|PANIC|WARNING|NOTICE|INFO|HINT|LOCATION):  |LINE \d+:)/;

/** What quotes rows, and how far it goes: they may hold line breaks. */
const quoting: readonly (readonly [begin: RegExp, end: RegExp])[] = [
  [/^(?:DETAIL|CONTEXT|QUERY|STATEMENT): /, next],
  [/^Command was: /, nextOfProgram],
];

/**
 * What a program of PostgreSQL said (its standard error) without the details, contexts and statements that may quote rows: `Key (email)=(…)`,
 * `COPY customers, line 3: "…"`. At most 4,000 characters. What an error means may stand in what is left out.
 */
export function withoutRows(stderr: string): string {
  let until: RegExp | null = null;
  const kept: string[] = [];
  for (const line of stderr.split("\n")) {
    until = endOfQuote(until, line);
    if (until === null) kept.push(line);
  }
  const said = kept.join("\n");
  return said.length > mostSaid ? `${said.slice(0, mostSaid)} …` : said;
}

/** What ends the quotation that a line is in; `null` where it is in none. */
function endOfQuote(before: RegExp | null, line: string): RegExp | null {
  const until = before?.test(line) ? null : before;
  // The text of a command may hold lines that look like details.
  if (until === nextOfProgram) return until;
  return quoting.find(([begin]) => begin.test(line))?.[1] ?? until;
}

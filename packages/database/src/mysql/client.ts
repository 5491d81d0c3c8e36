import { type ContainerExec, SluiceError } from "@sluice/core";
import { reasonOf } from "../process/reason-of.ts";
import { openTurns, type Turns } from "../process/turns.ts";
import { clientCommand, clientEnvironment, type MysqlTarget, quoteText } from "./target.ts";

export interface ClientOptions {
  /** What it is for, in messages and in the environment of its process: `backup-20260501T100000Z-abcd`. */
  readonly session: string;
  readonly signal?: AbortSignal | undefined;
  /** More for the client. */
  readonly options?: readonly string[] | undefined;
}

/** Runs statements in one connection that ends with them. @throws SluiceError BACKUP_FAILED, DATABASE_UNREACHABLE */
export async function runSql(
  exec: ContainerExec,
  target: MysqlTarget,
  sql: string,
  { session, signal }: ClientOptions,
): Promise<readonly string[]> {
  const environment = clientEnvironment(target, session);
  const ended = await exec.exec(target.container, clientCommand(target), { stdin: `${sql}\n`, environment, signal });
  if (ended.exitCode !== 0) throw clientError(`${session}: database ${target.database}`, ended);
  return Buffer.from(ended.stdout)
    .toString("utf8")
    .split("\n")
    .filter((line) => line !== "");
}

/** A connection that is talked to in turns. @throws SluiceError BACKUP_FAILED, DATABASE_UNREACHABLE */
export async function openSession(
  exec: ContainerExec,
  target: MysqlTarget,
  { session, signal, options }: ClientOptions,
): Promise<Turns> {
  return openTurns(exec, {
    container: target.container,
    command: clientCommand(target, options),
    environment: clientEnvironment(target, session),
    signal,
    mark: (text) => `select ${quoteText(text)};`,
    failure: (ended) => clientError(`${session}: database ${target.database}`, ended),
  });
}

const mostSaid = 4_000;

/**
 * What a client said (its standard error), without the statements that it repeats between lines of dashes before each error: rows are
 * in them. At most 4,000 characters.
 */
export function withoutStatements(stderr: string): string {
  const said = stderr.replaceAll(/^-{14}\n[^]*?\n-{14}\n+(?=ERROR )/gm, "").replace(/^-{14}\n[^]*/m, "");
  return said.length > mostSaid ? `${said.slice(0, mostSaid)} …` : said;
}

/** No connection, no account, no such database: nothing that a statement of ours did. */
const unreachable =
  /ERROR (?:1040|1044|1045|1049|1203|1226|1698|1862|2002|2003|2005|2006|2013|2026|2059|2061|3032|3118|3159|4151) /;

/** What the end of a client means; the first `ERROR` of its standard error is the reason. */
export function clientError(
  what: string,
  { exitCode, stderr: said }: { readonly exitCode: number; readonly stderr: string },
): SluiceError {
  const stderr = withoutStatements(said);
  const reason = reasonOf(stderr) ?? `the client ended with exit code ${exitCode}`;
  if (unreachable.test(stderr)) {
    return new SluiceError("DATABASE_UNREACHABLE", `${what}: ${reason}`, {
      hint: "is the database up, and is the password in its environment still the right one? name another account with database.user and database.name",
      detail: stderr.trim(),
      retryable: true,
    });
  }
  return new SluiceError("BACKUP_FAILED", `${what}: ${reason}`, { detail: stderr.trim() });
}

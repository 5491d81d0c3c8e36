import type { ContainerExec } from "@sluice/core";
import { answersInTurn, inTurn } from "../process/in-turn.ts";
import { openTurns, type Turns } from "../process/turns.ts";
import { psqlError } from "./psql-error.ts";
import { libpqEnvironment, type PostgresTarget } from "./target.ts";

const command = ["psql", "-X", "-q", "-A", "-t", "-w", "-v", "ON_ERROR_STOP=1"];

export interface PsqlOptions {
  /** What it is for, in messages and as the session's name: `backup-20260501T100000Z-abcd`. */
  readonly session: string;
  readonly signal?: AbortSignal | undefined;
}

/** One connection that is talked to in turns. @throws SluiceError BACKUP_FAILED, DATABASE_UNREACHABLE */
export type PsqlSession = Turns;

/** Runs statements in one connection that ends with them. @throws SluiceError BACKUP_FAILED, DATABASE_UNREACHABLE */
export async function runSql(
  exec: ContainerExec,
  target: PostgresTarget,
  sql: string,
  { session, signal }: PsqlOptions,
): Promise<readonly string[]> {
  const environment = libpqEnvironment(target, session);
  const ended = await exec.exec(target.container, command, { stdin: `${sql}\n`, environment, signal });
  if (ended.exitCode !== 0) throw psqlError(`${session}: database ${target.database}`, ended);
  return linesOf(Buffer.from(ended.stdout).toString("utf8"));
}

/** Asks one thing after the other in one connection: for each the lines that it gives. The first error ends it. @throws as `runSql` */
export async function askInTurn(
  exec: ContainerExec,
  target: PostgresTarget,
  questions: readonly string[],
  options: PsqlOptions,
): Promise<readonly (readonly string[])[]> {
  return answersInTurn(await runSql(exec, target, inTurn(questions), options));
}

export async function openSession(
  exec: ContainerExec,
  target: PostgresTarget,
  { session, signal }: PsqlOptions,
): Promise<PsqlSession> {
  return openTurns(exec, {
    container: target.container,
    command,
    environment: libpqEnvironment(target, session),
    signal,
    // A statement, not \echo: what \echo writes may wait in a buffer.
    mark: (text) => `select '${text}';`,
    failure: (ended) => psqlError(`${session}: database ${target.database}`, ended),
  });
}

function linesOf(text: string): readonly string[] {
  return text.split("\n").filter((line) => line !== "");
}

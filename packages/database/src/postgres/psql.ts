import type { ContainerExec, ExecStream } from "@sluice/core";
import { psqlError } from "./psql-error.ts";
import { libpqEnvironment, type PostgresTarget } from "./target.ts";

const command = ["psql", "-X", "-q", "-A", "-t", "-w", "-v", "ON_ERROR_STOP=1"];

export interface PsqlOptions {
  /** What it is for, in messages and as the session's name: `backup-20260501T100000Z-abcd`. */
  readonly session: string;
  readonly signal?: AbortSignal | undefined;
}

/** One connection that is talked to in turns. Disposing ends it, whatever it is doing. */
export interface PsqlSession extends AsyncDisposable {
  /** Lines that statements give, fields separated by `|`. @throws SluiceError BACKUP_FAILED, DATABASE_UNREACHABLE */
  query(sql: string): Promise<readonly string[]>;
}

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

export async function openSession(
  exec: ContainerExec,
  target: PostgresTarget,
  { session, signal }: PsqlOptions,
): Promise<PsqlSession> {
  const input = createInput();
  const environment = libpqEnvironment(target, session);
  const stop = new AbortController();
  const both = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
  const process = await exec.stream(target.container, command, { stdin: input.bytes(), environment, signal: both });
  const lines = readLines(process);
  let turn = 0;
  let busy = false;
  return {
    async query(sql) {
      busy = true;
      const mark = `sluice-end-of-turn-${(turn += 1)}`;
      // A statement, not \echo: what \echo writes may wait in a buffer.
      input.push(`${sql}\nselect '${mark}';\n`);
      const answer: string[] = [];
      for (;;) {
        const { value, done } = await lines.next();
        if (done) throw psqlError(`${session}: database ${target.database}`, await process.done);
        if (value === mark) {
          busy = false;
          return answer;
        }
        answer.push(value);
      }
    },
    async [Symbol.asyncDispose]() {
      input.end();
      // One that waits for a statement ends by itself with its input.
      if (busy) stop.abort();
      await Promise.allSettled([drain(lines), process.done]);
    },
  };
}

async function* readLines({ stdout }: ExecStream): AsyncGenerator<string, undefined> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of stdout) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = parts.pop() ?? "";
    yield* parts;
  }
  return undefined;
}

async function drain(lines: AsyncIterable<string>): Promise<void> {
  for await (const _line of lines);
}

function linesOf(text: string): readonly string[] {
  return text.split("\n").filter((line) => line !== "");
}

/** Standard input that is written piece by piece. */
function createInput(): { push(text: string): void; end(): void; bytes(): AsyncGenerator<Uint8Array> } {
  const waiting: string[] = [];
  let ended = false;
  let wake: () => void = () => undefined;
  return {
    push(text) {
      waiting.push(text);
      wake();
    },
    end() {
      ended = true;
      wake();
    },
    async *bytes() {
      for (;;) {
        const text = waiting.shift();
        if (text !== undefined) yield Buffer.from(text);
        else if (ended) return;
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    },
  };
}

import type { ContainerExec, ExecStream, SluiceError } from "@sluice/core";

/** A database's client that is talked to in turns, over one connection. Disposing ends it, whatever it is doing, in 10 s at the latest. */
export interface Turns extends AsyncDisposable {
  /** Lines that statements give. @throws SluiceError what `failure` makes of the client's end */
  query(sql: string): Promise<readonly string[]>;
  /** Sends the last statement: nothing is read after it, and nothing that is written from now on is looked at. */
  finish(sql: string): Promise<TurnsEnd>;
}

/** A client that waits for a statement has this long to end once there is none. Milliseconds. */
const endMs = 10_000;

/** How a client ended. */
export interface TurnsEnd {
  readonly exitCode: number;
  readonly stderr: string;
}

export interface TurnsRequest {
  readonly container: string;
  /** Reads statements from its standard input, writes lines, and ends at the first error. */
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
  /** A statement that gives a line with this text, and makes the client write what it holds back. */
  readonly mark: (text: string) => string;
  readonly failure: (ended: TurnsEnd) => SluiceError;
}

export async function openTurns(exec: ContainerExec, request: TurnsRequest): Promise<Turns> {
  const { container, command, environment, signal, mark, failure } = request;
  const input = createInput();
  const stop = new AbortController();
  const both = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
  const process = await exec.stream(container, command, { stdin: input.bytes(), environment, signal: both });
  const lines = readLines(process);
  let turn = 0;
  let busy = false;
  return {
    async query(sql) {
      busy = true;
      const end = `sluice-end-of-turn-${(turn += 1)}`;
      input.push(`${sql}\n${mark(end)}\n`);
      const answer: string[] = [];
      for (;;) {
        const { value, done } = await lines.next();
        if (done) throw failure(await process.done);
        if (value === end) {
          busy = false;
          return answer;
        }
        answer.push(value);
      }
    },
    async finish(sql) {
      busy = true;
      input.push(`${sql}\n`);
      input.end();
      await drain(lines);
      busy = false;
      return process.done;
    },
    async [Symbol.asyncDispose]() {
      input.end();
      // One that waits for a statement ends by itself with its input, unless its container is paused, or the engine away.
      if (busy) stop.abort();
      const late = setTimeout(() => stop.abort(), endMs);
      await Promise.allSettled([drain(lines), process.done]);
      clearTimeout(late);
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

/** Standard input that is written piece by piece. */
interface PieceInput {
  push(text: string): void;
  end(): void;
  bytes(): AsyncGenerator<Uint8Array>;
}

export function createInput(): PieceInput {
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

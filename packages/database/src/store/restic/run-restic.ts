import { type ResticCall, type ResticEnd, type ResticProcess, startRestic } from "./start-restic.ts";

export interface ResticResult extends ResticEnd {
  readonly stdout: string;
}

/**
 * Runs restic to its end, with `source` as its input. An exit code other than 0 is a result, not an error. A source that
 * fails ends it before it could take what came for the whole.
 *
 * @throws what the source throws; the signal's reason; SluiceError BACKUP_FAILED where there is no restic
 */
export async function runRestic(call: ResticCall, source?: AsyncIterable<Uint8Array>): Promise<ResticResult> {
  call.signal?.throwIfAborted();
  await using process = startRestic(call, source ? "pipe" : "ignore");
  const output = textOf(process.stdout);
  output.catch(() => undefined);
  if (source) await feed(process, source);
  const end = await process.ended;
  call.signal?.throwIfAborted();
  return { ...end, stdout: await output };
}

/**
 * What restic writes to its output, as it comes.
 *
 * @param failed makes the error of an end that was none; thrown after everything that came
 */
export async function* streamRestic(
  call: ResticCall,
  failed: (end: ResticEnd) => Error,
): AsyncGenerator<Uint8Array, void> {
  call.signal?.throwIfAborted();
  await using process = startRestic(call);
  for await (const chunk of process.stdout) yield chunk as Uint8Array;
  const end = await process.ended;
  call.signal?.throwIfAborted();
  if (end.exitCode !== 0) throw failed(end);
}

/** Ends the input only where the source has ended; a process that is gone needs no more of it. */
async function feed({ stdin, ended }: ResticProcess, source: AsyncIterable<Uint8Array>): Promise<void> {
  if (!stdin) throw new TypeError("no input");
  const gone = ended.then(() => "gone" as const);
  gone.catch(() => undefined);
  const chunks = source[Symbol.asyncIterator]();
  for (;;) {
    const next = await Promise.race([chunks.next(), gone]);
    if (next === "gone") return void chunks.return?.().catch(() => undefined);
    if (next.done) return void stdin.end();
    if (!stdin.write(next.value)) await Promise.race([drained(stdin), gone]);
  }
}

function drained(stdin: NodeJS.WritableStream): Promise<void> {
  return new Promise((resolve) => stdin.once("drain", resolve));
}

async function textOf(stream: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

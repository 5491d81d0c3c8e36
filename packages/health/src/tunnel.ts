import { Duplex, PassThrough } from "node:stream";
import { shownText } from "./attempt.ts";
import type { ProbeExec } from "./probe-exec.ts";

/** A connection that begins in a container. Destroying it ends the process that holds it. */
export interface Tunnel {
  readonly stream: Duplex;
  /** What socat said when it ended by itself and not well. */
  complaint(): Promise<string | undefined>;
}

/** @param address for socat: `TCP:host:port` @throws SluiceError where nothing can be run in the container, EngineLate */
export async function openTunnel(
  exec: ProbeExec,
  container: string,
  address: string,
  signal: AbortSignal,
): Promise<Tunnel> {
  const stop = new AbortController();
  const stdin = new PassThrough();
  const options = { stdin, signal: AbortSignal.any([signal, stop.signal]) };
  const process = await exec.start(container, ["socat", "-", address], options);
  const ended = process.done.catch(() => undefined);
  return {
    stream: createStream(process.stdout, stdin, () => stop.abort()),
    async complaint() {
      const end = await ended;
      return end && end.exitCode !== 0 ? shownText(end.stderr) : undefined;
    },
  };
}

/** Not `Duplex.from`: taken down by whoever is done with it, that errs. */
function createStream(stdout: AsyncIterable<Uint8Array>, stdin: PassThrough, stop: () => void): Duplex {
  let goOn = () => {};
  let isOver = false;
  const stream = new Duplex({
    read: () => goOn(),
    write: (chunk: Uint8Array, _encoding, done) => void stdin.write(chunk, done),
    final: (done) => void stdin.end(done),
    destroy(error, done) {
      goOn();
      stdin.destroy();
      // A process that ended by itself is left to say why.
      if (!isOver) stop();
      done(error);
    },
  });
  const pump = async () => {
    for await (const chunk of stdout) {
      if (stream.destroyed) return;
      const isRead = new Promise<void>((resolve) => (goOn = resolve));
      if (!stream.push(chunk)) await isRead;
    }
    isOver = true;
    stream.push(null);
  };
  pump().catch((error: unknown) => stream.destroy(error instanceof Error ? error : new Error(String(error))));
  return stream.on("error", () => undefined);
}

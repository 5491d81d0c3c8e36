import { Duplex, PassThrough, Readable } from "node:stream";
import type { ContainerExec } from "@sluice/core";

/** A connection that begins in a container. Destroying it ends the process that holds it. */
export interface Tunnel {
  readonly stream: Duplex;
  /** What socat said when it ended by itself and not well. */
  complaint(): Promise<string | undefined>;
}

/** @param address for socat: `TCP:host:port` @throws SluiceError where nothing can be run in the container */
export async function openTunnel(
  exec: ContainerExec,
  container: string,
  address: string,
  signal: AbortSignal,
): Promise<Tunnel> {
  const stop = new AbortController();
  const stdin = new PassThrough();
  const options = { stdin, signal: AbortSignal.any([signal, stop.signal]) };
  const process = await exec.stream(container, ["socat", "-", address], options);
  const ended = process.done.catch(() => undefined);
  const stdout = Readable.from(process.stdout, { objectMode: false });
  const stream = Duplex.from({ writable: stdin, readable: stdout });
  stream.once("close", () => stop.abort());
  return {
    stream,
    async complaint() {
      const end = await ended;
      return end && end.exitCode !== 0 ? end.stderr.trim().slice(-1_000) || undefined : undefined;
    },
  };
}

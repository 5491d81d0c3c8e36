import type { ChildProcess } from "node:child_process";
import { Duplex, type Readable, type Writable } from "node:stream";
import { keepEnd } from "@sluice/core";

/** Characters of what the process said on its standard error that an error repeats. */
const keptWords = 1_000;

/** A process whose three streams are pipes. */
export type PipedProcess = ChildProcess & {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
};

/**
 * The input and the output of a process as one connection, as `node:http` takes it. What the process wrote is read to
 * its end, however late: that it has ended meanwhile, and its input is closed, is no break of the connection. Each side
 * can be ended alone. A process that fails before it has written anything ends the connection with what it said.
 *
 * @param name begins the message of that error: `ssh deploy@production`
 */
export function createProcessConnection(child: PipedProcess, name: string): Duplex {
  const { stdin, stdout, stderr } = child;
  let hasWritten = false;
  let words = "";
  const connection = new Duplex({
    // As sockets: when the process ends, nothing more is written to it.
    allowHalfOpen: false,
    read: () => void stdout.resume(),
    write(chunk: Uint8Array, _encoding, done) {
      stdin.write(chunk, (error) => done(error ?? null));
    },
    final(done) {
      stdin.end();
      done();
    },
    destroy(error, done) {
      child.kill();
      for (const stream of [stdin, stdout, stderr]) stream.destroy();
      done(error);
    },
  });
  stdout.on("data", (chunk: Uint8Array) => {
    hasWritten = true;
    if (!connection.push(chunk)) stdout.pause();
  });
  stderr.setEncoding("utf8").on("data", (text: string) => {
    words = keepEnd(words + text, keptWords);
  });
  // A write that fails says so to the writer; that the process takes no more is otherwise nobody's concern.
  stdin.on("error", () => undefined);
  const fail = (why: string, code = "ECONNREFUSED") =>
    connection.destroy(Object.assign(new Error(`${name}: ${why}`), { code }));
  child.once("error", ({ message }) => fail(message));
  child.once("close", (exitCode, signal) => {
    if (hasWritten || exitCode === 0 || connection.destroyed) connection.push(null);
    else fail(words.trim() || `ended with ${signal ?? `exit code ${exitCode}`}`);
  });
  return connection;
}

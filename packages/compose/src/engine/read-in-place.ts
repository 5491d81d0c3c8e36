import type { Socket } from "node:net";
import type { Duplex } from "node:stream";

type Sink = (data: Uint8Array) => void;

/** Bytes that are read at once at most. */
const roomBytes = 1 << 18;
/** Of connections that can be read in place; `null` as long as nobody does. */
const sinks = new WeakMap<Duplex, Sink | null>();

/**
 * Connects to a local socket in such a way that what comes can be read where the kernel put it. A stream makes a buffer of
 * each chunk, and of much output that is most of what it costs: memory outside of the heap, for which V8 collects all of it
 * again and again. Until somebody reads in place this is a stream as any other.
 */
export function connectInPlace(path: string): Socket {
  const connection: Socket = process.getBuiltinModule("node:net").connect({
    path,
    onread: {
      buffer: Buffer.allocUnsafeSlow(roomBytes),
      callback(size, buffer) {
        const data = buffer.subarray(0, size);
        const sink = sinks.get(connection);
        if (!sink) return connection.push(Buffer.from(data));
        sink(data as Uint8Array);
        return true;
      },
    },
  });
  sinks.set(connection, null);
  return connection;
}

/**
 * From now on what comes goes to `sink`, which has each chunk only as long as it runs. What came before is in the stream.
 * Pausing and the end are the stream's as ever. Nothing happens with a connection that was made in another way.
 */
export function readInPlace(connection: Duplex, sink: Sink): void {
  if (sinks.has(connection)) sinks.set(connection, sink);
}

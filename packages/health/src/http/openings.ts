import { Duplex } from "node:stream";
import { requestHeaders } from "./request-headers.ts";

/** A request that any server of HTTP/1 answers somehow. */
export function httpOpening(): Uint8Array {
  const headers = Object.entries({ ...requestHeaders({}, {}), connection: "close" });
  return Buffer.from(`GET / HTTP/1.1\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`);
}

/** What clients of HTTP/2 begin with, and settings without any. https://www.rfc-editor.org/rfc/rfc9113#section-3.4 */
export function h2Opening(): Uint8Array {
  return Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0");
}

/** What clients of TLS begin with: Node's own says it. */
export async function tlsOpening(): Promise<Uint8Array> {
  const { connect } = await import("node:tls");
  let resolve: (bytes: Uint8Array) => void = () => undefined;
  const opening = new Promise<Uint8Array>((done) => (resolve = done));
  const write = (chunk: Uint8Array, _encoding: string, done: () => void) => {
    resolve(chunk);
    done();
  };
  const client = connect({ socket: new Duplex({ read: () => undefined, write }) }).on("error", () => undefined);
  try {
    return await opening;
  } finally {
    client.destroy();
  }
}

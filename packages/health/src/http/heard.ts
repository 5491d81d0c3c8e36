/** What the first bytes of a server are of. */
export type Heard = "http" | "h2" | "tls" | "other" | "nothing";

/** Of a status line as doors read one: they take any name of a version. */
const statusLine = /^[A-Z\d/.]{1,16} {1,4}[1-9]\d\d/;
const startOfStatusLine = /^[A-Z\d/.]{0,16} {0,4}(?:[1-9]\d?)?$/;

const frameHeaderBytes = 9;
const settingsFrame = 4;
/** Of records of TLS: an alert, and a handshake. */
const tlsRecords: ReadonlySet<number | undefined> = new Set([0x15, 0x16]);

/** `nothing` for what is too little to tell. Pure. */
export function heard(bytes: Buffer): Heard {
  const text = bytes.toString("latin1").replace(/^[\r\n]+/, "");
  if (statusLine.test(text)) return "http";
  if (startOfStatusLine.test(text)) return "nothing";
  if (tlsRecords.has(bytes[0]) && bytes[1] === 3) return "tls";
  // Servers of HTTP/2 begin with a frame of their settings, whatever they are sent.
  if (bytes[0] === 0 && bytes.length < frameHeaderBytes) return "nothing";
  return bytes[0] === 0 && bytes[3] === settingsFrame && bytes.readUInt32BE(5) === 0 ? "h2" : "other";
}

export interface HttpResponse {
  readonly status: number;
  /** By lower-case name; repeated ones are joined by `, `. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Reads a whole response, as it came over a connection that is closed; `null` when it is not one. */
export function parseResponse(bytes: Uint8Array): HttpResponse | null {
  const end = endOfHead(bytes);
  if (end < 0) return null;
  const [statusLine = "", ...lines] = new TextDecoder("latin1").decode(bytes.subarray(0, end)).split("\r\n");
  const status = /^HTTP\/1\.[01] (\d{3})(?: |$)/.exec(statusLine)?.[1];
  if (status === undefined) return null;
  const rest = bytes.subarray(end + 4);
  // An interim answer is followed by the real one.
  if (status.startsWith("1") && status !== "101") return parseResponse(rest);
  const headers = parseHeaders(lines);
  const chunked = /(?:^|,)\s*chunked\s*$/i.test(headers["transfer-encoding"] ?? "");
  const length = Number(headers["content-length"] ?? Number.NaN);
  const body = chunked ? joinChunks(rest) : Number.isSafeInteger(length) ? rest.subarray(0, length) : rest;
  return { status: Number(status), headers, body: new TextDecoder().decode(body) };
}

function endOfHead(bytes: Uint8Array): number {
  for (let index = 0; index + 3 < bytes.length; index++) {
    if (bytes[index] === 13 && bytes[index + 1] === 10 && bytes[index + 2] === 13 && bytes[index + 3] === 10)
      return index;
  }
  return -1;
}

function parseHeaders(lines: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const colon = line.indexOf(":");
    if (colon <= 0) continue;
    const name = line.slice(0, colon).trim().toLowerCase();
    const value = line.slice(colon + 1).trim();
    const before = Object.hasOwn(headers, name) ? headers[name] : undefined;
    headers[name] = before === undefined ? value : `${before}, ${value}`;
  }
  return headers;
}

/** What is there of a chunked body: a connection that broke leaves less, never an error. */
function joinChunks(bytes: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [];
  let at = 0;
  for (;;) {
    const lineEnd = bytes.indexOf(10, at);
    if (lineEnd < 0) break;
    const size = Number.parseInt(new TextDecoder("latin1").decode(bytes.subarray(at, lineEnd)), 16);
    if (!Number.isSafeInteger(size) || size <= 0) break;
    parts.push(bytes.subarray(lineEnd + 1, lineEnd + 1 + size));
    at = lineEnd + 1 + size + 2;
  }
  const joined = new Uint8Array(parts.reduce((total, { length }) => total + length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

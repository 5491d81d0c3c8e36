import type { ClientRequest, IncomingHttpHeaders, IncomingMessage } from "node:http";
import { Duplex } from "node:stream";

export interface HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** At most the first MiB. */
  readonly body: string;
  /** The whole answer came. */
  readonly complete: boolean;
}

/** Gives the bytes of a request and takes those of the answer, until the connection ends. */
export type Transport = (bytes: Uint8Array) => AsyncIterable<Uint8Array>;

const keptBytes = 1024 * 1024;

/**
 * One HTTP/1.1 exchange over any transport: Node's own client writes the request and reads the answer.
 *
 * @throws Error when a header or the path cannot be sent, when what came is no HTTP answer or none at all, and the
 * transport's own errors
 */
export async function exchange(
  { method, path, headers, body }: HttpRequest,
  transport: Transport,
): Promise<HttpAnswer> {
  const sent: Uint8Array[] = [];
  const connection = new Duplex({
    read: () => undefined,
    write(chunk: Uint8Array, _encoding, done) {
      sent.push(chunk);
      done();
    },
  });
  // An ES import of node:http reads all its getters, which loads undici: 20 ms for every command.
  const { request } = process.getBuiltinModule("node:http");
  const outgoing = request({ createConnection: () => connection, method, path, headers, maxHeaderSize: 64 * 1024 });
  const answer = readAnswer(outgoing);
  const written = new Promise<void>((resolve) => outgoing.once("finish", resolve));
  outgoing.end(body);
  try {
    await written;
    await Promise.race([receive(transport(Buffer.concat(sent)), connection, answer), answer]);
    return await answer;
  } finally {
    // Whoever reads `answer` met its error; one that comes from taking the connection down is nobody's.
    answer.catch(() => undefined);
    outgoing.on("error", () => undefined).destroy();
    connection.on("error", () => undefined).destroy();
  }
}

/** Why Node's client cannot write a request, such as a header with a line break in it; `undefined` for any other error. Shows no value. */
export function unsendable(error: unknown): string | undefined {
  const { code, message } = error as NodeJS.ErrnoException;
  return code?.startsWith("ERR_") ? message : undefined;
}

async function receive(bytes: AsyncIterable<Uint8Array>, connection: Duplex, answer: Promise<unknown>): Promise<void> {
  let isOver = false;
  answer.then(
    () => (isOver = true),
    () => (isOver = true),
  );
  for await (const chunk of bytes) {
    if (isOver) return;
    connection.push(chunk);
  }
  connection.push(null);
}

function readAnswer(outgoing: ClientRequest): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    outgoing.once("error", reject);
    outgoing.once("upgrade", (incoming: IncomingMessage) => resolve(toAnswer(incoming, [], true)));
    outgoing.once("response", (incoming: IncomingMessage) => {
      const chunks: Uint8Array[] = [];
      let size = 0;
      incoming.on("data", (chunk: Uint8Array) => {
        chunks.push(chunk);
        size += chunk.length;
        if (size >= keptBytes) resolve(toAnswer(incoming, chunks, true));
      });
      incoming.once("end", () => resolve(toAnswer(incoming, chunks, true)));
      incoming.once("error", () => resolve(toAnswer(incoming, chunks, false)));
    });
  });
}

function toAnswer(incoming: IncomingMessage, chunks: readonly Uint8Array[], complete: boolean): HttpAnswer {
  const body = Buffer.concat(chunks).subarray(0, keptBytes).toString("utf8");
  return { status: incoming.statusCode ?? 0, headers: incoming.headers, body, complete };
}

import type { Agent, ClientRequest, ClientRequestArgs } from "node:http";
import type { Duplex } from "node:stream";
import type { HttpRequest } from "../http/exchange.ts";

/** Requests over connections that stay open. Disposing closes them. */
export interface HttpClient extends AsyncDisposable {
  /** The status of a whole answer; `null` where none came. @throws the signal's reason */
  send(request: HttpRequest, signal: AbortSignal): Promise<number | null>;
}

type Opened = (error: Error | null, stream?: Duplex) => void;

/** Node's own client over any connection; those that are busy are waited for. */
export function createHttpClient(open: () => Promise<Duplex>, connections: number): HttpClient {
  // An ES import of node:http reads all its getters, which loads undici: 20 ms for every command.
  const http = process.getBuiltinModule("node:http");
  const agent: Agent = new http.Agent({ keepAlive: true, maxSockets: connections });
  const streams = new Set<Duplex>();
  const connect = async (done: Opened) => {
    let stream: Duplex;
    try {
      stream = await open();
    } catch (error) {
      return done(error instanceof Error ? error : new Error(String(error)));
    }
    streams.add(stream);
    stream.on("error", ignore).once("close", () => streams.delete(stream));
    done(null, stream);
  };
  Object.assign(agent, {
    createConnection(_options: ClientRequestArgs, done: Opened) {
      void connect(done);
    },
    // What these do to a socket of the system, a tunnel has not.
    keepSocketAlive: () => true,
    reuseSocket(stream: Duplex, outgoing: ClientRequest) {
      outgoing.reusedSocket = true;
      // Node leaves a listener of each request that is over on what is no socket of its own.
      stream.removeAllListeners("error").on("error", ignore);
    },
  });
  return {
    send({ method, path, headers, body }, signal) {
      return new Promise((resolve, reject) => {
        const outgoing = http.request({ agent, method, path, headers, signal });
        outgoing.once("error", (error) => (signal.aborted ? reject(error) : resolve(null)));
        outgoing.once("response", (incoming) => {
          incoming.once("end", () => resolve(incoming.statusCode ?? null));
          incoming.once("error", () => resolve(null));
          incoming.resume();
        });
        outgoing.end(body);
      });
    },
    async [Symbol.asyncDispose]() {
      agent.destroy();
      for (const stream of streams) stream.destroy();
      await Promise.resolve();
    },
  };
}

const ignore = () => undefined;

import { once } from "node:events";
import { createConnection, createServer, type Socket } from "node:net";

/** A second door to the Docker engine, whose connections can be cut. */
export interface EngineProxy extends AsyncDisposable {
  /** For `DOCKER_HOST`. */
  readonly host: string;
  /** Ends every connection there is, in the middle of whatever it carries; how many there were. */
  cut(): number;
  /** Resolves as soon as there is a connection. */
  connected(): Promise<void>;
}

/** @param path of the socket to listen on */
export async function openEngineProxy(path: string): Promise<EngineProxy> {
  const engine = enginePath(process.env["DOCKER_HOST"]);
  const open = new Set<Socket>();
  let arrival = Promise.withResolvers<void>();
  // A client that has said all it has to say still listens.
  const halfOpen = { allowHalfOpen: true };
  const server = createServer(halfOpen, (near) => {
    const far = createConnection({ path: engine, ...halfOpen });
    join(near, far);
    join(far, near);
  });
  const join = (from: Socket, to: Socket) => {
    open.add(from);
    arrival.resolve();
    from.on("close", () => {
      open.delete(from);
      if (open.size === 0) arrival = Promise.withResolvers();
    });
    from.on("error", () => to.destroy());
    from.pipe(to);
  };
  server.listen(path);
  await once(server, "listening");
  const cut = () => {
    // Two sockets make a connection.
    const count = Math.ceil(open.size / 2);
    for (const socket of open) socket.destroy();
    return count;
  };
  return {
    host: `unix://${path}`,
    cut,
    connected: () => arrival.promise,
    async [Symbol.asyncDispose]() {
      cut();
      server.close();
      await once(server, "close");
    },
  };
}

function enginePath(host: string | undefined): string {
  if (host === undefined || host === "") return "/var/run/docker.sock";
  if (host.startsWith("unix://")) return host.slice(7);
  throw new Error(`DOCKER_HOST=${host}: only connections to a local engine can be cut`);
}

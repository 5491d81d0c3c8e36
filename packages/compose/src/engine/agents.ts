import { spawn } from "node:child_process";
import type { Agent } from "node:http";
import type { Duplex } from "node:stream";
import { inspect } from "node:util";
import type { Endpoint, Environment } from "./endpoint.ts";
import { createProcessConnection } from "./process-connection.ts";
import { connectInPlace } from "./read-in-place.ts";

type SshEndpoint = Extract<Endpoint, { kind: "ssh" }>;

/**
 * Connections over `ssh DESTINATION docker system dial-stdio`, as the `docker` command makes them: keys, agents, jump
 * hosts and known hosts are those of the user's own ssh.
 */
export function createSshAgent(endpoint: SshEndpoint, env: Environment): Agent {
  const command = sshArguments(endpoint);
  return createAgent(() => {
    const child = spawn("ssh", command, { env, stdio: ["pipe", "pipe", "pipe"] });
    const connection = createProcessConnection(child, `ssh ${endpoint.destination}`);
    // An idle connection must not keep the program alive.
    const handles = [child, child.stdout, child.stdin, child.stderr] as unknown as { ref(): void; unref(): void }[];
    // What the http module calls on sockets and a pipe does not have.
    return Object.assign(connection, {
      setTimeout: () => connection,
      setNoDelay: () => connection,
      setKeepAlive: () => connection,
      ref: () => {
        for (const handle of handles) handle.ref();
        return connection;
      },
      unref: () => {
        for (const handle of handles) handle.unref();
        return connection;
      },
    });
  });
}

/** What follows its destination, ssh gives to a shell over there as one text. Pure. */
export function sshArguments({ destination, port, socketPath }: Omit<SshEndpoint, "kind">): readonly string[] {
  const options = ["-o", "BatchMode=yes", "-o", "ConnectTimeout=30", ...(port ? ["-p", port] : [])];
  const quoted = `'${`unix://${socketPath}`.replaceAll("'", String.raw`'\''`)}'`;
  const host = socketPath === undefined ? [] : [`--host=${quoted}`];
  return [...options, "--", destination, "docker", ...host, "system", "dial-stdio"];
}

/** Connections over TCP, with TLS where the engine asks for certificates. */
export function createTcpAgent({ host, port, tls }: Extract<Endpoint, { kind: "tcp" }>): Agent {
  const servername = process.getBuiltinModule("node:net").isIP(host) ? "" : host;
  return createAgent(() =>
    tls
      ? process.getBuiltinModule("node:tls").connect({ host, port, servername, ...tls })
      : process.getBuiltinModule("node:net").connect({ host, port }),
  );
}

/** Connections to a local socket, which are kept for as long as Node's own agent keeps its. */
export function createUnixAgent({ socketPath }: Extract<Endpoint, { kind: "unix" }>): Agent {
  return createAgent(() => process.getBuiltinModule("node:net").connect({ path: socketPath }), idleMs);
}

/** Connections to a local socket whose output can be read in place. */
export function createOutputAgent({ socketPath }: Extract<Endpoint, { kind: "unix" }>): Agent {
  return createAgent(() => connectInPlace(socketPath));
}

/** Ends connections that are idle, and each of the others when it becomes that. */
export function endIdle(agent: Agent): void {
  Object.assign(agent, { keepSocketAlive: () => false });
  for (const sockets of Object.values(agent.freeSockets)) for (const socket of sockets ?? []) socket.destroy();
}

const idleMs = 5_000;

/**
 * Node's parts are taken when they are needed: an import of node:http alone costs every command 20 ms. No server has a name
 * here, which Node would make of each request's host, at the price of 10 ms for the first one. And the library describes all
 * options of each request in words that nobody reads: with the agent would come all of its connections.
 */
function createAgent(dial: () => Duplex, timeout?: number): Agent {
  const { Agent: HttpAgent } = process.getBuiltinModule("node:http");
  const options = { keepAlive: true, scheduling: "lifo" as const, servername: "", ...(timeout ? { timeout } : {}) };
  return Object.assign(new HttpAgent(options), { createConnection: dial, [inspect.custom]: () => "Agent" });
}

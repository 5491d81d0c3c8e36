import { spawn } from "node:child_process";
import type { Agent } from "node:http";
import { Duplex } from "node:stream";
import type { Environment } from "./endpoint.ts";

/**
 * Connections over `ssh DESTINATION docker system dial-stdio`, as the `docker` command makes them: keys, agents, jump
 * hosts and known hosts are those of the user's own ssh.
 */
export function createSshAgent(destination: string, port: string | undefined, env: Environment): Agent {
  // An ES import of node:http reads all its getters, which loads undici: 20 ms for every command.
  const http = process.getBuiltinModule("node:http");
  const agent = new http.Agent({ keepAlive: true });
  const dial = () => {
    const portArguments = port ? ["-p", port] : [];
    const child = spawn(
      "ssh",
      [
        "-o",
        "BatchMode=yes",
        "-o",
        "ConnectTimeout=30",
        ...portArguments,
        "--",
        destination,
        "docker",
        "system",
        "dial-stdio",
      ],
      { env, stdio: ["pipe", "pipe", "ignore"] },
    );
    const connection = Duplex.from({ readable: child.stdout, writable: child.stdin });
    child.once("error", (error) => connection.destroy(error));
    connection.once("close", () => child.kill());
    // An idle connection must not keep the program alive.
    const handles = [child, child.stdout, child.stdin] as unknown as { ref(): void; unref(): void }[];
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
  };
  return Object.assign(agent, { createConnection: dial });
}

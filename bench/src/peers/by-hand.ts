import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { measure, run } from "../measure.ts";
import { haproxyDefaults } from "./haproxy-defaults.ts";
import { mustSucceed } from "./must-succeed.ts";
import type { Peer, PeerOptions } from "./peer.ts";

/** What the deployment script needs to know. */
export interface ByHandSettings {
  readonly stack: string;
  readonly socket: string;
  readonly drainMs: number;
}

const config = `global
  stats socket /run/haproxy/admin.sock mode 660 level admin
  maxconn 4000
${haproxyDefaults}
frontend web
  bind :8080
  default_backend web
backend web
  server blue 127.0.0.1:1 disabled
  server green 127.0.0.1:1 disabled
`;

/**
 * A careful blue-green deployment by hand: the database and the worker stay with Compose, two web containers stand
 * behind HAProxy, and a script (by-hand-deploy.ts) drives its admin socket.
 */
export function createByHandPeer({ checkout, drainMs }: PeerOptions): Peer {
  const { stack, directory, port } = checkout;
  const doorFiles = `${directory}-door`;
  const settings: ByHandSettings = { stack, socket: join(doorFiles, "run/admin.sock"), drainMs };
  const script = join(import.meta.dirname, "by-hand-deploy.ts");
  const env = { COMPOSE_PROJECT_NAME: stack };
  const deploy = (signal: AbortSignal) =>
    measure(["node", "--conditions=sluice-source", script, JSON.stringify(settings)], { cwd: directory, env, signal });

  return {
    name: "by-hand",
    checkout,
    url: checkout.url,
    prepare: async (signal) => {
      await mkdir(join(doorFiles, "run"), { recursive: true });
      await writeFile(join(doorFiles, "haproxy.cfg"), config);
      await run(["docker", "compose", "up", "-d", "--wait", "db"], { cwd: directory, env, signal });
      const network = ["--name", `${stack}-door`, "--network", `${stack}_default`, "-p", `127.0.0.1:${port}:8080`];
      const files = ["haproxy.cfg:/etc/haproxy/haproxy.cfg:ro", "run:/run/haproxy"];
      const mounts = files.flatMap((file) => ["-v", join(doorFiles, file)]);
      await run(["docker", "run", "-d", ...network, ...mounts, process.env.DOOR_IMAGE ?? "sluice/door:3.0"]);
      mustSucceed("by-hand", await deploy(signal));
    },
    deploy,
  };
}

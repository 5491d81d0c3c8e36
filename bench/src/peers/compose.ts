import { measure } from "../measure.ts";
import { mustSucceed } from "./must-succeed.ts";
import type { Peer, PeerOptions } from "./peer.ts";

/** The two lines that most workflows have. */
const workflow = "docker compose build && docker compose up -d";

/** Plain Compose: build, and recreate what has changed. */
export function createComposePeer({ checkout }: PeerOptions): Peer {
  const deploy = (signal: AbortSignal) =>
    measure(["bash", "-c", workflow], {
      cwd: checkout.directory,
      env: { COMPOSE_PROJECT_NAME: checkout.stack },
      signal,
    });
  return {
    name: "compose",
    checkout,
    url: checkout.url,
    prepare: async (signal) => mustSucceed("compose", await deploy(signal)),
    deploy,
  };
}

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { CrashStage } from "@sluice/testing/faults";
import { repository } from "./checkout.ts";
import type { SluicePeer } from "./peers/sluice.ts";
import type { Session } from "./session.ts";

/** What crash cases need of a peer, with a directory for temporary files; its networks are not known yet. */
export async function crashStageOf(session: Session, peer: SluicePeer, name = "scratch"): Promise<CrashStage> {
  const scratch = join(session.directory, name);
  await mkdir(scratch);
  const { checkout, stateHome, url } = peer;
  return {
    stack: checkout.stack,
    checkout: checkout.directory,
    stateHome,
    url,
    command: [join(repository, "bin/sluice")],
    options: ["-p", checkout.stack, "--state-home", stateHome],
    env: { ...process.env, SHOP_PORT: undefined },
    networks: [],
    scratch,
  };
}

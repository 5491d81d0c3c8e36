import { join } from "node:path";
import { restoreCopy } from "@sluice/database";
import type { Session } from "../session.ts";
import { openBackups } from "./ports.ts";
import type { Server } from "./server.ts";
import { stateHomeOf } from "./sluice-db.ts";

/** A rehearsal restores the newest backup once; how long each further clone of that takes, milliseconds. */
export async function measureSecondClone(session: Session, { container, stack, image }: Server): Promise<number> {
  const ports = await openBackups({ container, stack, directory: join(stateHomeOf(session), "backups") });
  const manifest = (await ports.store.list()).backups.at(-1);
  if (!manifest) throw new Error("there is no backup to clone");
  await using restored = await restoreCopy(ports, manifest, image, session.signal);
  await restored.copy.clone();
  const began = performance.now();
  await restored.copy.clone();
  return performance.now() - began;
}

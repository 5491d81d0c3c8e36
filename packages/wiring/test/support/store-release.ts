import type { StoredRelease } from "@sluice/core";
import { provideRelease } from "@sluice/engine";
import { createSession } from "../../src/session.ts";

/** Keeps what a checkout holds as a release, as a deployment would, without rehearsing or deploying it. */
export async function storeRelease(options: Parameters<typeof createSession>[0], tag: string): Promise<StoredRelease> {
  await using session = createSession(options);
  const [project, config, ports] = await Promise.all([session.project(), session.config(), session.ports()]);
  const release = { tag, commit: null, dirty: true, source: "option" } as const;
  return await provideRelease(ports, { project, release, config });
}

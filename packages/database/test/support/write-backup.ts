import { setTimeout as delay } from "node:timers/promises";
import type { Clock } from "@sluice/core";
import type { BackupStore, Manifest } from "../../src/index.ts";
import { aManifest } from "../../src/testing/a-manifest.ts";
import { chunks } from "../../src/testing/bytes.ts";

export const realClock: Clock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
  sleep: (ms, signal) => delay(ms, undefined, { signal }),
};

/** A whole backup with roles. */
export async function writeBackup(
  store: BackupStore,
  id: string,
  dump: AsyncIterable<Uint8Array> = chunks("the whole ", "dump"),
): Promise<Manifest> {
  await using writer = await store.begin(id);
  const stored = await writer.write("dump", dump);
  const globals = await writer.write("globals", chunks("roles"));
  const manifest = aManifest({ id, seq: writer.seq, ...stored, globals });
  await writer.commit(manifest);
  return manifest;
}

import type { Clock } from "@sluice/core";
import { expect, it } from "vitest";
import type { BackupPorts } from "../operations/ports.ts";
import { planRestore } from "../operations/restore-backup.ts";
import { aManifest } from "../testing/a-manifest.ts";
import { createCommandDriver } from "./command-driver.ts";

it("a restore that is to be done by hand is refused before anybody is asked", async () => {
  const driver = createCommandDriver({ service: "web", stack: "shop", commands: { dump: ["tar"] } } as never);
  const manifest = aManifest({ kind: "command", service: "web", fingerprint: null });
  const ports = {
    driver,
    store: { load: async () => manifest },
    clock: { now: () => new Date() } as Clock,
    service: "web",
  } as unknown as BackupPorts;
  await expect(planRestore(ports, manifest.id)).rejects.toMatchObject({
    code: "RESTORE_FAILED",
    message: expect.stringContaining("web is backed up by commands"),
    hint: expect.stringMatching(new RegExp(`${manifest.id}\\.dump .*age -d`)),
  });
});

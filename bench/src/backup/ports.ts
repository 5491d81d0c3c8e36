import { randomBytes } from "node:crypto";
import { createComposeRuntime } from "@sluice/compose";
import { defaultConfig } from "@sluice/core";
import { systemClock as clock } from "@sluice/core/node";
import {
  type BackupPorts,
  createDirectoryStore,
  createPostgresDriver,
  type DirectoryStoreOptions,
  findPostgresTarget,
} from "@sluice/database";

export interface BackupsRequest {
  readonly container: string;
  /** Named in throw-away containers. */
  readonly stack: string;
  /** Where backups go. */
  readonly directory: string;
  readonly onStep?: DirectoryStoreOptions["onStep"];
}

/** Backups of a container's database, as a deployer takes them, without a project around it. */
export async function openBackups(request: BackupsRequest): Promise<BackupPorts> {
  const { container, stack, directory, onStep } = request;
  const { exec, throwAway } = createComposeRuntime({
    env: process.env,
    clock,
    config: async () => defaultConfig(),
    readRouting: () => Promise.reject(new Error("there are no doors here")),
  });
  const target = await findPostgresTarget(exec, container);
  return {
    driver: createPostgresDriver({ exec, throwAway, clock, stack, target, scratchMemoryBytes: 1 << 30 }),
    store: createDirectoryStore({ directory, onStep }, clock),
    clock,
    cipher: null,
    randomId: () => randomBytes(4).toString("hex"),
  };
}

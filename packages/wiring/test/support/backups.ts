import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createComposeRuntime } from "@sluice/compose";
import { type ContainerExec, defaultConfig } from "@sluice/core";
import { systemClock } from "@sluice/core/node";
import {
  type BackupPorts,
  createDirectoryStore,
  createPostgresDriver,
  findPostgresTarget,
  type Manifest,
  type PostgresOptions,
  takeBackup,
} from "@sluice/database";
import { docker, type Project } from "./postgres.ts";

export interface Backups extends AsyncDisposable {
  readonly ports: BackupPorts;
  readonly exec: ContainerExec;
  readonly directory: string;
  dumpFile(manifest: Pick<Manifest, "id">): string;
  take(over?: Partial<BackupPorts>, signal?: AbortSignal): Promise<Manifest>;
}

/** Backups of a project's database into a directory of their own, without a deployer around them. */
export async function backupsOf(
  project: Project,
  { user, ...over }: Partial<PostgresOptions> & { readonly user?: string | undefined } = {},
): Promise<Backups> {
  const directory = await mkdtemp(join(tmpdir(), `${project.stack}-backups-`));
  const { exec, throwAway } = createComposeRuntime({
    env: process.env,
    clock: systemClock,
    config: async () => defaultConfig(),
    readRouting: () => Promise.reject(new Error("there are no doors here")),
  });
  const target = await findPostgresTarget(exec, project.container, { user });
  const options = { exec, throwAway, clock: systemClock, stack: project.stack, target, scratchMemoryBytes: 512 << 20 };
  let count = 0;
  const ports: BackupPorts = {
    driver: createPostgresDriver({ ...options, ...over }),
    store: createDirectoryStore({ directory }, systemClock),
    clock: systemClock,
    cipher: null,
    randomId: () => `test${(count += 1)}`,
  };
  const image = await docker("inspect", "-f", "{{.Image}}", project.container);
  return {
    ports,
    exec,
    directory,
    dumpFile: ({ id }) => join(directory, `${id}.dump`),
    take: (changed = {}, signal) =>
      takeBackup({ ...ports, ...changed }, { service: "db", image, release: null }, signal),
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
}

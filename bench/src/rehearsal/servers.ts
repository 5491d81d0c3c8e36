import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { createComposeRuntime } from "@sluice/compose";
import { defaultConfig } from "@sluice/core";
import { systemClock as clock } from "@sluice/core/node";
import {
  type BackupPorts,
  createDirectoryStore,
  createMysqlDriver,
  createPostgresDriver,
  type DatabaseDriver,
  findMysqlTarget,
  findPostgresTarget,
} from "@sluice/database";
import { repository } from "../checkout.ts";
import { measure, run } from "../measure.ts";
import type { Session } from "../session.ts";
import { inTransaction } from "./squawk.ts";

/** A kind of server that has a corpus. */
export interface CorpusServer {
  readonly name: "postgres" | "mariadb";
  /** Files of the corpus. */
  readonly base: string;
  readonly migrations: readonly string[];
  /** Of `docker run`. */
  readonly environment: readonly string[];
  readonly probe: readonly string[];
  /** Command that sends statements to the application's database in a container, as one transaction where that is possible. */
  client(container: string, sql: string): readonly string[];
  driver(means: DriverMeans, container: string): Promise<DatabaseDriver>;
}

type DriverMeans = Omit<Parameters<typeof createPostgresDriver>[0], "target">;

const postgres: CorpusServer = {
  name: "postgres",
  base: "base.sql",
  migrations: ["dangerous.sql", "harmless.sql"],
  environment: ["POSTGRES_USER=shop", "POSTGRES_PASSWORD=bench"],
  probe: ["pg_isready", "-q", "-h", "127.0.0.1"],
  client(container, sql) {
    const psql = ["docker", "exec", container, "psql", "-XqAtw", "-v", "ON_ERROR_STOP=1", "-U", "shop", "-d", "shop"];
    return [...psql, "-c", inTransaction(sql)];
  },
  driver: async (means, container) =>
    createPostgresDriver({ ...means, target: await findPostgresTarget(means.exec, container) }),
};

const mariadb: CorpusServer = {
  name: "mariadb",
  base: "mariadb-base.sql",
  migrations: ["mariadb-dangerous.sql", "mariadb-harmless.sql"],
  environment: [
    "MARIADB_ROOT_PASSWORD=root-bench",
    "MARIADB_DATABASE=shop",
    "MARIADB_USER=shop",
    "MARIADB_PASSWORD=bench",
  ],
  probe: ["mariadb-admin", "-h", "127.0.0.1", "--protocol=tcp", "-u", "shop", "-pbench", "ping"],
  // With its own password, as the application would come.
  client(container, sql) {
    const mariadb = ["docker", "exec", container, "mariadb", "-h", "127.0.0.1", "--protocol=tcp"];
    return [...mariadb, "-u", "shop", "-pbench", "shop", "-e", sql];
  },
  driver: async (means, container) =>
    createMysqlDriver({ ...means, target: await findMysqlTarget(means.exec, container) }),
};

export const servers = { postgres, mariadb } as const;

export const readCorpus = (file: string): Promise<string> =>
  readFile(join(repository, "bench/corpus/rehearsal", file), "utf8");

/** Starts a server that holds the base of its corpus. Resolves with the container's name. */
export async function startServer(
  server: CorpusServer,
  image: string,
  { prefix, signal }: Pick<Session, "prefix" | "signal">,
): Promise<string> {
  const name = `${prefix}rehearsal-${server.name}`;
  const settings = server.environment.flatMap((setting) => ["-e", setting]);
  await run(["docker", "run", "-d", "--name", name, ...settings, image]);
  const deadline = performance.now() + 120_000;
  const isReady = async () => (await measure(["docker", "exec", name, ...server.probe])).exitCode === 0;
  while (!(await isReady())) {
    if (performance.now() > deadline) throw new Error(`${name} takes no connections`);
    await delay(200, undefined, { signal });
  }
  await run(server.client(name, await readCorpus(server.base)));
  return name;
}

export async function portsOf(
  server: CorpusServer,
  container: string,
  { prefix, directory }: Pick<Session, "prefix" | "directory">,
): Promise<BackupPorts> {
  const { exec, throwAway } = createComposeRuntime({
    env: process.env,
    clock,
    config: async () => defaultConfig(),
    readRouting: () => Promise.reject(new Error("there are no doors here")),
  });
  const means = { exec, throwAway, clock, stack: `${prefix}rehearsal`, scratchMemoryBytes: 1 << 30 };
  return {
    driver: await server.driver(means, container),
    store: createDirectoryStore({ directory: join(directory, `backups-${server.name}`) }, clock),
    clock,
    cipher: null,
    randomId: () => "bench",
  };
}

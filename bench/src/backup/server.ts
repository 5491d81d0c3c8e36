import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { repository } from "../checkout.ts";
import { run } from "../measure.ts";
import type { Session } from "../session.ts";

/** A project whose only service is a database, run by plain Compose. */
export interface Server {
  readonly stack: string;
  /** Of the project. */
  readonly directory: string;
  readonly container: string;
  /** Id of what it runs. */
  readonly image: string;
}

export const user = "shop";

/** As a throw-away server is set up: a restore by hand into this one has no handicap. */
const fast = [
  "fsync=off",
  "synchronous_commit=off",
  "full_page_writes=off",
  "wal_level=minimal",
  "max_wal_senders=0",
  "max_wal_size=4GB",
  "autovacuum=off",
];

export async function startServer({ prefix, directory, signal }: Session, image: string): Promise<Server> {
  const stack = `${prefix}backup`;
  const place = join(directory, "project");
  await mkdir(place);
  const db = {
    image,
    command: ["postgres", ...fast.flatMap((setting) => ["-c", setting])],
    environment: { POSTGRES_USER: user, POSTGRES_PASSWORD: "bench" },
    volumes: ["data:/var/lib/postgresql/data"],
    healthcheck: { test: ["CMD", "pg_isready", "-q", "-h", "127.0.0.1"], interval: "1s", retries: 60 },
  };
  await writeFile(join(place, "compose.yaml"), JSON.stringify({ services: { db }, volumes: { data: {} } }));
  await run(["docker", "compose", "-p", stack, "up", "-d", "--wait"], { cwd: place, signal });
  const container = `${stack}-db-1`;
  const id = await run(["docker", "inspect", "--format", "{{.Image}}", container]);
  return { stack, directory: place, container, image: id };
}

/**
 * Fills the database anew with mixed tables, some 92 MB for each 1 of `scale`.
 *
 * @returns bytes of all tables, without indexes
 */
export async function fill({ container }: Server, scale: number, signal: AbortSignal): Promise<number> {
  const mixed = await readFile(join(repository, "bench/corpus/backup/mixed.sql"), "utf8");
  const script = 'printf %s "$3" | psql -XqwU "$1" -v ON_ERROR_STOP=1 -v scale="$2"';
  await run(["docker", "exec", container, "sh", "-c", script, "sh", user, String(scale), mixed], { signal });
  const size =
    "select sum(pg_table_size(oid)) from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace";
  return Number(await run(["docker", "exec", container, "psql", "-XqAtwU", user, "-c", size]));
}

/** Processor time that a container has used since its start, milliseconds; of either version of control groups. */
export async function containerCpuMs(container: string): Promise<number> {
  const script = "cat /sys/fs/cgroup/cpu.stat 2> /dev/null || cat /sys/fs/cgroup/cpuacct/cpuacct.usage";
  const text = await run(["docker", "exec", container, "sh", "-c", script]);
  const microseconds = /^usage_usec (\d+)$/m.exec(text)?.[1];
  return microseconds === undefined ? Number(text) / 1e6 : Number(microseconds) / 1e3;
}

import { execFile, spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { removeStack, uniqueStackName } from "@sluice/testing";

const run = promisify(execFile);

export const image = "sluice-test/postgres:15";
/** Searched for wherever it must not be. */
export const password = "canary-5a1f9c";

export async function docker(...args: readonly string[]): Promise<string> {
  const { stdout } = await run("docker", [...args], { maxBuffer: 1 << 26 });
  return stdout.trim();
}

/** A project with a database of its own, run by plain Compose. */
export interface Project extends AsyncDisposable {
  readonly stack: string;
  readonly directory: string;
  readonly container: string;
  /** Output of statements as the superuser, in `database` or the project's own. */
  sql(statements: string, database?: string): Promise<string>;
}

const compose = `
services:
  db:
    image: ${image}
    command: [postgres, -c, wal_level=logical]
    environment: { POSTGRES_USER: shop, POSTGRES_DB: shop, POSTGRES_PASSWORD: ${password} }
    volumes: [data:/var/lib/postgresql/data]
    healthcheck: { test: [CMD, pg_isready, -q, -h, 127.0.0.1], interval: 10s, start_period: 60s, start_interval: 500ms }
volumes: { data: {} }
`;

/** Roles, an extension, names that need quotes, a sequence that is ahead, settings and a large object: what gets lost easily. */
const content = `
create role app_ro;
create extension pg_trgm;
alter database shop set search_path = public, pg_catalog;
alter database shop set statement_timeout = '77s';
create table customers (id bigint generated always as identity primary key, name text not null, data jsonb default '{}');
create table orders (id serial primary key, customer bigint references customers, total numeric(12, 2), at timestamptz default now());
create table "we ird""name" ("a b" int, sluice_row text);
create index on customers using gin (name gin_trgm_ops);
insert into customers (name) select 'customer ' || i from generate_series(1, 2000) i;
insert into orders (customer, total) select 1 + i % 2000, i * 1.5 from generate_series(1, 20000) i;
insert into "we ird""name" values (1, E'line\\nbreak');
create view large as select * from orders where total > 100;
grant select on large to app_ro;
select lo_from_bytea(0, 'large object') \\g /dev/null
`;

export async function startProject(prefix: string): Promise<Project> {
  const stack = uniqueStackName(prefix);
  const directory = await mkdtemp(join(tmpdir(), `${stack}-`));
  const project: Project = {
    stack,
    directory,
    container: `${stack}-db-1`,
    sql: (statements, database = "shop") => psql(project.container, statements, database),
    async [Symbol.asyncDispose]() {
      await removeStack(stack);
      await rm(directory, { recursive: true, force: true });
    },
  };
  try {
    await writeFile(join(directory, "compose.yaml"), compose);
    await docker("compose", "-p", stack, "-f", join(directory, "compose.yaml"), "up", "-d", "--wait");
    await project.sql(content);
    return project;
  } catch (error) {
    await project[Symbol.asyncDispose]();
    throw error;
  }
}

async function psql(container: string, statements: string, database: string): Promise<string> {
  const command = ["exec", "-i", container, "psql", "-XqAtw", "-v", "ON_ERROR_STOP=1", "-U", "shop", "-d", database];
  const child = spawn("docker", command, { stdio: ["pipe", "pipe", "pipe"] });
  let [output, errors] = ["", ""];
  child.stdout.on("data", (data: Buffer) => (output += data.toString()));
  child.stderr.on("data", (data: Buffer) => (errors += data.toString()));
  child.stdin.on("error", () => undefined);
  child.stdin.end(statements);
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  if (code !== 0) throw new Error(errors);
  return output.trim();
}

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { systemClock } from "@sluice/core/node";
import { createDirectoryStore, highestLevel } from "@sluice/database";
import { double, sample } from "fast-check";
import { afterAll, expect, it } from "vitest";
import { askedUntilReady } from "./support/asked-until-ready.ts";
import { type ComposeProject, startComposeProject } from "./support/compose-project.ts";
import { mariadbImage } from "./support/mariadb.ts";
import { until } from "./support/until.ts";

/** Another one gives other moments. */
const seed = 20_261_126;
const signal = new AbortController().signal;
const projects: ComposeProject[] = [];
const children: ChildProcess[] = [];
afterAll(async () => {
  for (const child of children) child.kill("SIGKILL");
  for (const project of projects) await project[Symbol.asyncDispose]();
});

interface Kind {
  readonly name: string;
  readonly service: string;
  readonly compose: object;
  readonly config: object;
  /** Makes something to back up, once the server can. */
  readonly fill: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Names of processes that a backup starts in the container. */
  readonly processes: readonly string[];
  /** Where files of a backup would be left, and what is there without any. */
  readonly files: readonly [string, readonly string[]];
}

const rows = `
const database = new (require("node:sqlite").DatabaseSync)("/data/app.db");
database.exec("create table orders (id integer primary key, note text)");
database.exec("with recursive n(i) as (select 1 union all select i + 1 from n where i < 20000) insert into orders select i, hex(randomblob(40)) from n");
`;
const orders =
  "create table orders (id int primary key, note varchar(100)); insert into orders select seq, sha2(seq, 256) from seq_1_to_20000";
const mariadb = {
  image: mariadbImage,
  environment: { MARIADB_ROOT_PASSWORD: "secret", MARIADB_DATABASE: "shop" },
  volumes: ["data:/var/lib/mysql"],
  healthcheck: {
    test: ["CMD", "mariadb-admin", "-h", "127.0.0.1", "-u", "root", "-psecret", "ping"],
    ...askedUntilReady,
  },
};
const kinds: readonly Kind[] = [
  {
    name: "MariaDB",
    service: "db",
    compose: { services: { db: mariadb }, volumes: { data: {} } },
    config: { database: {} },
    fill: ["mariadb", "-u", "root", "shop", "-e", orders],
    environment: { MYSQL_PWD: "secret" },
    processes: ["mariadb", "mariadb-dump", "zstd"],
    files: ["/tmp", []],
  },
  {
    name: "SQLite",
    service: "app",
    compose: {
      services: {
        app: { image: "sluice-test/node:24", command: ["sleep", "86400"], volumes: ["data:/data"], init: true },
      },
      volumes: { data: {} },
    },
    config: { database: { kind: "sqlite", service: "app", file: "/data/app.db" } },
    fill: ["node", "--no-warnings", "-e", rows],
    processes: ["node", "sqlite3", "zstd"],
    files: ["/data", ["app.db"]],
  },
];

const timeout = 240_000;
it.each(kinds)(
  "$name: killed at any moment, what is listed is whole, and the next one clears up",
  { timeout },
  async (kind) => {
    const project = await startComposeProject("killed", kind);
    projects.push(project);
    await writeFile(join(project.directory, "sluice.yaml"), JSON.stringify(kind.config));
    const run = (command: readonly string[]) =>
      project.run(kind.service, command, kind.environment ? { environment: kind.environment } : {});
    await run(kind.fill);
    const directory = join(project.directory, "home", "backups");
    const store = createDirectoryStore({ directory }, systemClock);
    const before = performance.now();
    expect(await finished(startBackup(project))).toBe(0);
    const wholeMs = performance.now() - before;

    for (const share of sample(double({ min: 0.3, max: 1.05, noNaN: true }), { seed, numRuns: 2 })) {
      const child = startBackup(project);
      const over = finished(child);
      await Promise.race([delay(share * wholeMs), over]);
      child.kill("SIGKILL");
      await over;
      const { backups, damaged } = await store.list();
      expect(damaged).toEqual([]);
      for (const backup of backups) for await (const _chunk of store.read(backup, "dump"));
      const listed = new Set(backups.map(({ id }) => id));
      const ids = new Set((await readdir(directory)).map((name) => name.split(".")[0] ?? ""));
      expect([...ids].filter((id) => !listed.has(id)).length).toBeLessThanOrEqual(1);
    }

    expect(await finished(startBackup(project))).toBe(0);
    const { backups } = await store.list();
    const parts = backups.flatMap(({ id, globals }) =>
      ["dump", ...(globals ? ["globals"] : []), "json"].map((part) => `${id}.${part}`),
    );
    expect((await readdir(directory)).toSorted()).toEqual(parts.toSorted());
    await until(async () => (await processesIn(run)).every((name) => !kind.processes.includes(name)));
    const [place, expected] = kind.files;
    await until(async () => (await run(["ls", place])) === expected.join("\n"));
    expect(highestLevel(await project.deployer.database.verify(undefined, {}, signal))).toBe("compared");
  },
);

function startBackup({ stack, directory }: ComposeProject): ChildProcess {
  const program = join(import.meta.dirname, "programs", "take-backup.ts");
  const child = spawn(process.execPath, ["--conditions=sluice-source", program, stack, directory], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  children.push(child);
  return child;
}

async function finished(child: ChildProcess): Promise<number | null> {
  const [code] = (await once(child, "exit")) as [number | null];
  return code;
}

async function processesIn(run: (command: readonly string[]) => Promise<string>): Promise<readonly string[]> {
  const script = "for f in /proc/[0-9]*/comm; do read -r name < $f && echo $name; done 2>/dev/null; true";
  return (await run(["sh", "-c", script])).split("\n");
}

import { open, readdir, readFile, truncate } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { type ContainerExec, isSluiceError } from "@sluice/core";
import { createAgeCipher, highestLevel, type Manifest, planRestore, verifyBackup } from "@sluice/database";
import { generateX25519Identity, identityToRecipient } from "age-encryption";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Backups, backupsOf } from "./support/backups.ts";
import { docker, image, type Project, password, startProject } from "./support/postgres.ts";
import { scratchesOf } from "./support/scratches.ts";
import { until } from "./support/until.ts";

let project: Project;
let backups: Backups;
const made: Backups[] = [];
const images: string[] = [];
beforeAll(async () => {
  project = await startProject("dbfaults");
  backups = await backupsOf(project);
});
afterEach(async () => {
  for (const one of made.splice(0)) await one[Symbol.asyncDispose]();
});
afterAll(async () => {
  for (const id of images) await docker("rmi", "-f", id);
  await backups?.[Symbol.asyncDispose]();
  await project?.[Symbol.asyncDispose]();
});

const codeOf = async (run: Promise<unknown>): Promise<string> =>
  run.then(
    () => "none",
    (error: unknown) => (isSluiceError(error) ? error.code : String(error)),
  );
const verify = (manifest: Manifest, over: object = {}) =>
  verifyBackup({ ...backups.ports, ...over }, { id: manifest.id });
const scratches = () => scratchesOf(project.stack);

describe("every way in which a backup can be bad has a name of its own", () => {
  it.each(["process", "container"] as const)(
    "none of them is found in a good one, compressed in %s",
    async (compressIn) => {
      const own = await backupsOf(project, { compressIn });
      made.push(own);
      const manifest = await own.take();
      expect(manifest.rawBytes === null).toBe(compressIn === "container");
      expect(highestLevel(await verifyBackup(own.ports, { id: manifest.id }))).toBe("compared");
    },
  );

  it("nor in one whose large tables were only sampled", async () => {
    const own = await backupsOf(project, { sampleAboveBytes: 0 });
    made.push(own);
    const { id, fingerprint } = await own.take();
    expect(fingerprint?.tables.map(({ name, sampled }) => [name, sampled])).toEqual([
      ["public.customers", true],
      ["public.orders", true],
      // Without a primary key there is nothing to choose by.
      ['public."we ird""name"', false],
    ]);
    expect(fingerprint?.notCovered).toContain("63 of 64 rows of large tables: 2 (all are counted)");
    expect(highestLevel(await verifyBackup(own.ports, { id }))).toBe("compared");
  });

  it("what is wrong with its file", async () => {
    const cut = async (share: number) => {
      const manifest = await backups.take();
      await truncate(backups.dumpFile(manifest), Math.floor(manifest.bytes * share));
      return codeOf(verify(manifest));
    };
    expect([await cut(0.5), await cut(0.9), await cut(0.99), await cut(0.9999), await cut(0)]).toEqual([
      ...Array.from({ length: 4 }, () => "BACKUP_TRUNCATED"),
      "BACKUP_EMPTY",
    ]);
    const flipped = await backups.take();
    await using file = await open(backups.dumpFile(flipped), "r+");
    const at = Math.floor(flipped.bytes / 2);
    const { buffer } = await file.read(Buffer.alloc(1), 0, 1, at);
    await file.write(Buffer.from([(buffer[0] ?? 0) ^ 1]), 0, 1, at);
    expect(await codeOf(verify(flipped))).toBe("BACKUP_CORRUPT");
    expect((await backups.ports.store.load(flipped.id)).failed?.code).toBe("BACKUP_CORRUPT");
  });

  it("a wrong key", async () => {
    const [identity, other] = [await generateX25519Identity(), await generateX25519Identity()];
    const recipient = await identityToRecipient(identity);
    const cipher = (key: string) => createAgeCipher({ recipient, identity: async () => key });
    const manifest = await backups.take({ cipher: cipher(identity) });
    expect(await codeOf(verify(manifest, { cipher: cipher(other) }))).toBe("BACKUP_KEY_WRONG");
    expect(highestLevel(await verify(manifest, { cipher: cipher(identity) }))).toBe("compared");
  });

  it("a server of another version, without a role, without an extension, and other content", async () => {
    const manifest = await backups.take();
    const { store } = backups.ports;
    const changed = async (change: Partial<Manifest>) => {
      await store.update({ ...manifest, ...change });
      return codeOf(verify(manifest));
    };
    expect(await changed({ server: { ...manifest.server, version: "14.1", major: 14 } })).toBe("BACKUP_WRONG_VERSION");
    expect(await changed({ globals: null })).toBe("BACKUP_ROLE_MISSING");
    const tables = manifest.fingerprint?.tables.map((table) => ({ ...table, hash: `${table.hash}1` })) ?? [];
    if (!manifest.fingerprint) throw new Error("no fingerprint");
    expect(await changed({ fingerprint: { ...manifest.fingerprint, tables } })).toBe("BACKUP_DIFFERS");
    expect(await changed({ image: await imageWithoutExtension() })).toBe("BACKUP_EXTENSION_MISSING");
    expect(await changed({ image: `sha256:${"0".repeat(64)}` })).toBe("IMAGE_MISSING");
    expect(await changed({})).toBe("none");
    expect(await scratches()).toBe("");
  });
});

it("whoever looks at what a restore would take away is not thrown out by a backup that begins meanwhile", async () => {
  const { id } = await backups.take();
  let [tellConnected, tellOver] = [() => {}, () => {}];
  const isConnected = new Promise<void>((resolve) => (tellConnected = resolve));
  const isOver = new Promise<void>((resolve) => (tellOver = resolve));
  /** It stands still once it is connected, until that is over. */
  const stream: ContainerExec["stream"] = (container, command, options = {}) => {
    async function* held() {
      let isFirst = true;
      for await (const chunk of options.stdin as AsyncIterable<Uint8Array>) {
        if (!isFirst) {
          tellConnected();
          await isOver;
        }
        isFirst = false;
        yield chunk;
      }
    }
    return backups.exec.stream(container, command, { ...options, stdin: held() });
  };
  const looking = await backupsOf(project, { exec: { ...backups.exec, stream } });
  made.push(looking);
  const plan = planRestore({ ...backups.ports, driver: looking.ports.driver }, id);
  plan.catch(() => undefined);
  await isConnected;
  await backups.take();
  tellOver();
  expect((await plan).losses).toEqual([]);
});

describe("a dump that dies is no backup", () => {
  /** Begins a backup that waits for a table, and does something to it meanwhile. */
  const whileDumping = async (act: () => Promise<unknown>, survives = true): Promise<string> => {
    const holding = project
      .sql("begin; lock table orders in access exclusive mode; select pg_sleep(600)")
      .catch(() => "ended");
    await until(
      async () =>
        (await project.sql(
          "select count(*) from pg_locks where relation = 'orders'::regclass and mode = 'AccessExclusiveLock'",
        )) === "1",
    );
    const own = await backupsOf(project, { compressIn: "container" });
    made.push(own);
    try {
      const taking = codeOf(own.take());
      await until(
        async () =>
          Number(
            await project.sql(
              `select count(*) from pg_stat_activity where application_name like 'sluice-backup-%' and wait_event_type = 'Lock'`,
            ),
          ) >= 1,
      );
      await until(async () => (await processes("pg_dump")).length > 0);
      await act();
      const code = await taking;
      // PostgreSQL takes an unknown child that ends by a signal for a crash, and throws everybody out.
      if (survives) expect(await holders()).toBe("1");
      return code;
    } finally {
      await project
        .sql(
          "select pg_terminate_backend(pid) from pg_stat_activity where query like '%pg_sleep(600)%' and pid <> pg_backend_pid()",
          "postgres",
        )
        .catch(() => undefined);
      await holding;
      expect(await readdir(own.directory)).toEqual([]);
    }
  };
  const holders = () =>
    project.sql(
      "select count(*) from pg_stat_activity where query like '%pg_sleep(600)' and pid <> pg_backend_pid()",
      "postgres",
    );
  const processes = async (name: string) =>
    (
      await docker(
        "exec",
        project.container,
        "sh",
        "-c",
        `for f in /proc/[0-9]*/comm; do read -r c < $f && [ "$c" = ${name} ] && echo $f; done 2>/dev/null; true`,
      )
    )
      .split("\n")
      .filter(Boolean)
      .map((path) => path.split("/")[2] ?? "");
  const orphans = () =>
    project.sql("select count(*) from pg_stat_activity where application_name like 'sluice-%'", "postgres");

  it("whose pipe is gone makes no file in its place", async () => {
    const own = await backupsOf(project, { compressIn: "container" });
    made.push(own);
    const asRoot = (script: string) => docker("exec", "-u", "0", project.container, "sh", "-c", script);
    const place = await asRoot("readlink -f $(command -v zstd)");
    // Between the making of the pipe and the dump somebody takes it away.
    const takes = `#!/bin/sh\\n(while ! rm /tmp/sluice-backup-*.pipe 2> /dev/null; do :; done) > /dev/null 2>&1 &\\nexec ${place}.aside "$@"\\n`;
    await asRoot(`mv ${place} ${place}.aside; printf '${takes}' > ${place}; chmod 755 ${place}`);
    try {
      expect(await codeOf(own.take())).toBe("BACKUP_FAILED");
    } finally {
      await asRoot(`mv ${place}.aside ${place}`);
    }
    expect(await docker("exec", project.container, "ls", "/tmp")).toBe("");
    expect(await readdir(own.directory)).toEqual([]);
  });

  it("killed in the server", async () => {
    const act = () =>
      project.sql(
        "select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'sluice-backup-%' and query like 'LOCK%'",
        "postgres",
      );
    expect(await whileDumping(act)).toBe("BACKUP_FAILED");
    await until(async () => (await orphans()) === "0");
  });

  it("killed itself", async () => {
    const act = async () => docker("exec", "-u", "0", project.container, "kill", "-9", ...(await processes("pg_dump")));
    expect(await whileDumping(act)).toBe("BACKUP_FAILED");
    await until(async () => (await orphans()) === "0");
  });

  it("of a container that dies", async () => {
    const act = () => docker("kill", project.container);
    expect(["BACKUP_FAILED", "BACKUP_EXIT_LOST"]).toContain(await whileDumping(act, false));
    await docker("start", project.container);
    await until(async () =>
      project.sql("select 1").then(
        () => true,
        () => false,
      ),
    );
  });

  it("told to stop, it stops in the server too", async () => {
    const stop = new AbortController();
    const own = await backupsOf(project, { compressIn: "container" });
    made.push(own);
    const holding = project
      .sql("begin; lock table orders in access exclusive mode; select pg_sleep(600)")
      .catch(() => "ended");
    // Only a dump that has to wait is still there when somebody looks.
    const asleep = "select count(*) from pg_stat_activity where wait_event = 'PgSleep'";
    await until(async () => (await project.sql(asleep, "postgres")) === "1");
    const taking = own.take({}, stop.signal).catch((error: unknown) => error);
    await until(async () => (await processes("pg_dump")).length > 0);
    stop.abort(new Error("enough"));
    expect(String(await taking)).toContain("enough");
    await until(async () => (await orphans()) === "0");
    expect(await holders()).toBe("1");
    await project.sql(
      "select pg_terminate_backend(pid) from pg_stat_activity where query like '%pg_sleep(600)%' and pid <> pg_backend_pid()",
      "postgres",
    );
    await holding;
    expect(await readdir(own.directory)).toEqual([]);
  });
});

it("what counts has ended its transaction while the dump goes on", async () => {
  // More than fits into whatever lies between the dump and whoever reads it.
  await project.sql(`create table noise as
    select (select string_agg(sha512((i || '-' || part)::text::bytea), ''::bytea) from generate_series(1, 512) part) as body
    from generate_series(1, 1000) i`);
  try {
    const backup = "20260501T100000Z-counts";
    await using dump = await backups.ports.driver.dump({ backup });
    const counted = dump.fingerprint();
    const chunks = dump.bytes[Symbol.asyncIterator]();
    expect((await chunks.next()).done).toBe(false);
    expect((await counted)?.tables.find(({ name }) => name === "public.noise")?.rows).toBe(1000);
    const sessions = `select count(*) from pg_stat_activity where application_name = 'sluice-backup-${backup}'`;
    await until(async () => (await project.sql(sessions)) === "1");
    while (!(await chunks.next()).done);
  } finally {
    await project.sql("drop table noise");
  }
});

it("no argument of any process ever holds the password", async () => {
  let going = true;
  let seen = 0;
  const found: string[] = [];
  const watching = (async () => {
    while (going) {
      for (const pid of await readdir("/proc")) {
        if (!/^\d+$/.test(pid)) continue;
        const line = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
        if (/pg_dump|psql|pg_restore/.test(line)) seen += 1;
        if (line.includes(password)) found.push(line);
      }
      await delay(5);
    }
  })();
  const manifest = await backups.take();
  await verify(manifest);
  going = false;
  await watching;
  expect(found).toEqual([]);
  expect(seen).toBeGreaterThan(0);
});

/** The same server without one file. Its id. */
async function imageWithoutExtension(): Promise<string> {
  const name = `${project.stack}-without`;
  await docker(
    "run",
    "--name",
    name,
    "--label",
    `dev.sluice.stack=${project.stack}`,
    "--entrypoint",
    "sh",
    image,
    "-c",
    "rm /usr/share/postgresql/15/extension/pg_trgm.control",
  );
  const id = await docker("commit", "-c", 'ENTRYPOINT ["docker-entrypoint.sh"]', "-c", 'CMD ["postgres"]', name);
  await docker("rm", "-f", "-v", name);
  images.push(id);
  return id;
}

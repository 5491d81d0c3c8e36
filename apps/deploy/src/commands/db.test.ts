import { SluiceError } from "@sluice/core";
import type { DatabaseOperations, RestorePlan, UndoPlan } from "@sluice/wiring";
import { describe, expect, it } from "vitest";
import { aBackup } from "../testing/a-backup.ts";
import { fakeDeployer } from "../testing/fake-deployer.ts";
import { events, run } from "../testing/run.ts";

const backup = aBackup();
const proven = aBackup({
  rawBytes: 1_064_000_000,
  verified: [{ level: "compared", at: backup.at, restoreMs: 34_100, notTested: ["the application"] }],
});

function deployerWith(operations: Partial<DatabaseOperations>) {
  const none = fakeDeployer().database;
  return fakeDeployer({ database: { ...none, ...operations } });
}

describe("sluice db backup", () => {
  it("says what was taken, and what nobody knows of it yet", async () => {
    const ran = await run(["db", "backup"], { deployer: deployerWith({ backup: async () => backup }) });
    expect(ran).toMatchObject({ exitCode: 0, stderr: "" });
    expect(ran.stdout).toBe(
      "backup 20260501T090000Z-abcd of shop (db): 173 MB, release r1\nwritten\nnot tested\n  whether it restores\n",
    );
  });

  it("proves it with --verify, and passes on why and how long to wait", async () => {
    const deployer = deployerWith({ backup: async ({ prove }) => (prove ? proven : backup) });
    const ran = await run(["db", "backup", "--verify", "--reason", "before v2", "--wait", "1m"], { deployer });
    expect(ran.stdout).toContain("173 MB, 1.06 GB uncompressed, release r1\ncompared (a restore took 34.1s)\n");
    expect(deployer.calls[0]?.[1]).toMatchObject({ reason: "before v2", waitMs: 60_000, prove: true });
  });

  it("shows bytes and rate as they come, on the standard error", async () => {
    const deployer = deployerWith({
      backup: async ({ onProgress }) => {
        onProgress?.({ phase: "dump", bytes: 1_000_000, totalBytes: null });
        onProgress?.({ phase: "dump", bytes: 50_000_000, totalBytes: null });
        return backup;
      },
    });
    let ms = 0;
    const ran = await run(["db", "backup"], { deployer, now: () => new Date((ms += 10_000)) });
    expect(ran.stderr).toBe("dumping: 1.00 MB\ndumping: 50.0 MB, 5.00 MB/s\n");
  });

  it("is one object with --json", async () => {
    const ran = await run(["db", "backup", "--json"], { deployer: deployerWith({ backup: async () => backup }) });
    expect(events(ran.stdout)).toEqual([{ v: 1, backup }]);
  });

  it("fails with the code's exit code", async () => {
    const failing = async () => Promise.reject(new SluiceError("BACKUP_EXIT_LOST", "nobody saw how pg_dump ended"));
    const ran = await run(["db", "backup"], { deployer: deployerWith({ backup: failing }) });
    expect([ran.exitCode, ran.stderr]).toEqual([20, expect.stringContaining("nobody saw how pg_dump ended")]);
  });
});

describe("sluice db list and show", () => {
  const failed = { at: backup.at, code: "BACKUP_CORRUPT", message: "a byte" };

  it("newest first, with what is known", async () => {
    const backups = [
      backup,
      aBackup({ id: "20260501T095000Z-efgh", at: "2026-05-01T09:50:00.000Z", release: null, failed }),
    ];
    const ran = await run(["db", "list"], {
      deployer: deployerWith({
        list: async () => ({ backups, damaged: [new SluiceError("BACKUP_INVALID", "x.json is no JSON")] }),
      }),
    });
    expect(ran.stdout.split("\n")).toEqual([
      "backup                 taken    release  size    known",
      "20260501T095000Z-efgh  10m ago  -        173 MB  failed (BACKUP_CORRUPT)",
      "20260501T090000Z-abcd  1h ago   r1       173 MB  written",
      "damaged: x.json is no JSON",
      "",
    ]);
  });

  it("says of another state home's that it is one", async () => {
    const other = { ...aBackup({ home: "h9" }), ofOtherHome: true as const };
    const deployer = () =>
      deployerWith({ list: async () => ({ backups: [other], damaged: [] }), show: async () => other });
    expect((await run(["db", "list"], { deployer: deployer() })).stdout).toContain("written; of another state home\n");
    expect((await run(["db", "show", other.id], { deployer: deployer() })).stdout).toMatch(
      /^state home +h9: not this one, so no command chooses or removes it$/m,
    );
    const listed = await run(["db", "list", "--json"], { deployer: deployer() });
    expect(events(listed.stdout)).toMatchObject([{ backups: [{ home: "h9", ofOtherHome: true }] }]);
  });

  it("all of one", async () => {
    const ran = await run(["db", "show", backup.id], {
      deployer: deployerWith({ show: async () => ({ ...proven, failed }) }),
    });
    expect(ran.deployer.calls).toContainEqual(["database.show", backup.id]);
    for (const text of ["PostgreSQL 15.8", "compared  2026", "34.1s", "public.orders  2 rows", "[BACKUP_CORRUPT]"]) {
      expect(ran.stdout).toContain(text);
    }
  });

  it.each([
    ["mysql", "8.4.3", "MySQL 8.4.3"],
    ["mariadb", "11.4.2", "MariaDB 11.4.2"],
    ["sqlite", "3.46.0", "SQLite 3.46.0"],
    ["command", "unknown", "unknown"],
  ] as const)("of %s, with the server by its own name", async (kind, version, shown) => {
    const of = aBackup({ kind, server: { version, major: 1, preload: "" } });
    const ran = await run(["db", "show", of.id], { deployer: deployerWith({ show: async () => of }) });
    expect(ran.stdout).toMatch(new RegExp(`^server +${shown}$`, "m"));
  });
});

describe("sluice db restore", () => {
  const plan: RestorePlan = {
    manifest: backup,
    live: { database: "shop", service: "db" },
    proven: false,
    ageMs: 3_600_000,
    losses: [{ name: "public.orders", rowsThen: 2, rowsNow: 5 }],
    unchangedTables: 3,
    findings: [],
  };
  const restoring = () =>
    deployerWith({
      planRestore: async () => plan,
      restore: async () => ({ manifest: backup, old: "shop__old_x", swapMs: 90, restoreMs: 4_000 }),
      planUndo: async () => undoPlan,
      undoRestore: async () => "shop__undone_x",
    });
  const undoPlan: UndoPlan = {
    backup: backup.id,
    live: { database: "shop", service: "db" },
    restored: { at: "2026-05-01T10:00:00Z", actor: "ada", reason: "a bad migration" },
    takenBack: null,
    releases: { data: "v3", serves: "v3" },
    findings: [],
  };
  const names = ({ calls }: { readonly calls: readonly (readonly unknown[])[] }) => calls.map(([name]) => name);

  it("shows what would be lost, and asks", async () => {
    const ran = await run(["db", "restore"], { deployer: restoring(), isInteractive: true });
    expect(ran.exitCode).toBe(0);
    expect(ran.stdout).toContain("1 of 4 tables hold something else now:\npublic.orders  5 now  2 in the backup\n");
    expect(ran.stdout).toContain("is 1h old");
    expect(ran.stdout).toContain("never proven");
    expect(ran.questions).toEqual(["Lose what was written since, and restore 20260501T090000Z-abcd?"]);
    expect(ran.stdout).toContain("next: sluice db restore 20260501T090000Z-abcd --undo puts it back");
  });

  it("tells what it would leave to people before it asks", async () => {
    const findings = [{ severity: "warn", code: "replication-slots-stay", message: "cdc stays" }] as const;
    const deployer = deployerWith({ planRestore: async () => ({ ...plan, findings }) });
    const ran = await run(["db", "restore"], { deployer, isInteractive: true, answer: false });
    expect(ran.stdout).toContain("warn cdc stays [replication-slots-stay]\n");
  });

  it("tells what is known of the tables, and no more", async () => {
    const table = (name: string, sampled: boolean) => ({ name, rows: 2, hash: "1", sampled });
    const of = (tables: readonly ReturnType<typeof table>[], notCovered: string[] = []) => {
      const rest = { sequences: [], largeObjects: 0, objects: {}, extensions: {}, notCovered };
      return aBackup({ fingerprint: { tables: [...tables], ...rest } });
    };
    const told = async (over: Partial<RestorePlan>) => {
      const deployer = deployerWith({ planRestore: async () => ({ ...plan, ...over }) });
      return (await run(["db", "restore"], { deployer, isInteractive: true, answer: false })).stdout;
    };
    const unknown = await told({ manifest: aBackup({ fingerprint: null }), losses: null, unchangedTables: 0 });
    expect(unknown).toContain("what would be lost per table is not known: ");
    expect(unknown).not.toContain("holds now what it held then");
    const small = of([table("a", false)], ["tables of engines without transactions: log"]);
    expect(await told({ manifest: small, losses: [] })).toContain(
      "every table that was compared holds now what it held then\nnot compared: tables of engines without transactions: log\n",
    );
    const large = of([table("a", false), table("b", true)]);
    const inSample = "overwritten rows of large tables were looked for in a sample only: b\n";
    expect(await told({ manifest: large, losses: [] })).toContain(`no table has another number of rows; ${inSample}`);
    expect(await told({ manifest: large })).toContain(`2 in the backup\n${inSample}`);
  });

  it("says to a program that the losses are not known", async () => {
    const planRestore = async () => ({ ...plan, losses: null, unchangedTables: 0 });
    const restore = async () => ({ manifest: backup, old: "shop__old_x", swapMs: 90, restoreMs: 4_000 });
    const deployer = deployerWith({ planRestore, restore });
    const { stdout } = await run(["db", "restore", backup.id, "--yes", "--json"], { deployer });
    expect(JSON.parse(stdout)).toMatchObject({ losses: null });
  });

  it("does nothing without a yes", async () => {
    const ran = await run(["db", "restore"], { deployer: restoring(), isInteractive: true, answer: false });
    expect(ran.exitCode).toBe(10);
    expect(names(ran.deployer)).not.toContain("database.restore");
  });

  it("does nothing where nobody can be asked, and says what is at stake", async () => {
    for (const flags of [[], ["--json"]]) {
      const ran = await run(["db", "restore", ...flags], { deployer: restoring(), isInteractive: flags.length > 0 });
      expect(ran.exitCode).toBe(10);
      expect(ran.stdout + ran.stderr).toContain("public.orders");
      expect(names(ran.deployer)).not.toContain("database.restore");
    }
  });

  it("needs no person with --yes", async () => {
    const ran = await run(["db", "restore", backup.id, "--yes", "--json"], { deployer: restoring() });
    expect(events(ran.stdout)).toMatchObject([
      { backup: backup.id, old: "shop__old_x", swapMs: 90, losses: plan.losses },
    ]);
    expect(names(ran.deployer)).toEqual(["database.planRestore", "database.restore", "dispose"]);
  });

  it("names the database that would lose what was written, and the one that the backup is of where that was another", async () => {
    const told = async (live: RestorePlan["live"]) => {
      const deployer = deployerWith({
        planRestore: async () => ({ ...plan, live }),
        restore: async () => ({ manifest: backup, old: "staging__old_x", swapMs: 90, restoreMs: 4_000 }),
      });
      return (await run(["db", "restore", backup.id], { deployer, isInteractive: true })).stdout;
    };
    expect(await told(plan.live)).toContain("all that was written to shop (db) since");
    expect(await told(plan.live)).not.toContain("TAKEN OF");
    const elsewhere = await told({ database: "staging", service: "db" });
    expect(elsewhere).toContain("all that was written to staging (db) since");
    expect(elsewhere).toContain("THIS BACKUP WAS TAKEN OF shop (db): its data takes the place of staging\n");
    expect(elsewhere).toContain("staging is what it was at");
  });

  it("of another release than the one that serves says so, and what to do then", async () => {
    const told = async (over: Partial<RestorePlan>) => {
      const deployer = deployerWith({ planRestore: async () => ({ ...plan, ...over }) });
      return (await run(["db", "restore", backup.id], { deployer, isInteractive: true, answer: false })).stdout;
    };
    expect(await told({})).not.toContain("OF RELEASE");
    const other = await told({ releases: { backup: "v2", serves: "v3" } });
    expect(other).toContain("THIS BACKUP IS OF RELEASE v2, and v3 serves");
    expect(other).toContain("sluice rollback v2");
    expect(other).toContain("sluice db migrate v3");
  });

  it("says it also to whoever agreed beforehand, and to a program", async () => {
    const releases = { backup: "v2", serves: "v3" };
    const planRestore = async () => ({ ...plan, releases });
    const restore = async () => ({ manifest: backup, old: "shop__old_x", swapMs: 90, restoreMs: 4_000 });
    const deployer = deployerWith({ planRestore, restore });
    const { stdout } = await run(["db", "restore", backup.id, "--yes"], { deployer });
    expect(stdout).toMatch(/THIS BACKUP IS OF RELEASE v2[^]*is what it was at/);
    const findings = [{ severity: "warn", code: "replication-slots-stay", message: "cdc stays" }] as const;
    const found = deployerWith({ planRestore: async () => ({ ...plan, findings }), restore });
    const { stdout: json } = await run(["db", "restore", backup.id, "--yes", "--json"], { deployer: found });
    expect(JSON.parse(json)).toMatchObject({ findings });
    const program = await run(["db", "restore", backup.id, "--yes", "--json"], { deployer });
    expect(JSON.parse(program.stdout)).toMatchObject({ releases });
  });

  it("of another stack says so, and is agreed to by a person or by its name", async () => {
    const stackOf = async (args: readonly string[], isInteractive: boolean) => {
      const deployer = deployerWith({
        planRestore: async () => ({ ...plan, otherStack: "shop-production" }),
        restore: async () => ({ manifest: backup, old: "shop__old_x", swapMs: 90, restoreMs: 4_000 }),
      });
      const ran = await run(["db", "restore", backup.id, ...args], { deployer, isInteractive });
      const asked = ran.deployer.calls.find(([name]) => name === "database.restore") as readonly [
        string,
        string,
        object,
      ];
      return [ran.stdout.includes("OF ANOTHER STACK, shop-production"), asked[2]];
    };
    expect(await stackOf([], true)).toMatchObject([true, { ofStack: "shop-production" }]);
    expect(await stackOf(["--yes"], false)).toMatchObject([true, { ofStack: undefined }]);
    expect(await stackOf(["--yes", "--of-stack", "shop-production"], false)).toMatchObject([
      true,
      { ofStack: "shop-production" },
    ]);
  });

  it("of a database of another name is agreed to by a person or by that name", async () => {
    const agreed = async (args: readonly string[], isInteractive: boolean) => {
      const deployer = deployerWith({
        planRestore: async () => ({ ...plan, live: { database: "crm", service: "db" }, otherDatabase: "shop" }),
        restore: async () => ({ manifest: backup, old: "crm__old_x", swapMs: 90, restoreMs: 4_000 }),
      });
      const ran = await run(["db", "restore", backup.id, ...args], { deployer, isInteractive });
      return ran.deployer.calls.find(([name]) => name === "database.restore")?.[2];
    };
    expect(await agreed([], true)).toMatchObject({ ofDatabase: "shop" });
    expect(await agreed(["--yes"], false)).toMatchObject({ ofDatabase: undefined });
    expect(await agreed(["--yes", "--of-database", "shop"], false)).toMatchObject({ ofDatabase: "shop" });
  });

  it("is undone the same way", async () => {
    const ran = await run(["db", "restore", backup.id, "--undo", "--yes"], { deployer: restoring() });
    expect(ran.stdout).toContain("kept as database shop__undone_x");
    expect((await run(["db", "restore", backup.id, "--undo"], { deployer: restoring() })).exitCode).toBe(10);
    expect((await run(["db", "restore", "--undo", "--yes"], { deployer: restoring() })).exitCode).toBe(2);
  });

  it("is undone by whoever knows which restore that is, and of what release the data is", async () => {
    const findings = [{ severity: "warn", code: "replication-slots-stay", message: "cdc stays" }] as const;
    const told = async (over: Partial<UndoPlan>, ...flags: string[]) => {
      const deployer = deployerWith({
        planUndo: async () => ({ ...undoPlan, ...over }),
        undoRestore: async () => "shop__undone_x",
      });
      const of = ["db", "restore", backup.id, "--undo", ...flags];
      return (await run(of, { deployer, isInteractive: flags.length === 0 })).stdout;
    };
    const which = /restore of backup 20260501T090000Z-abcd at 2026-05-01T10:00:00Z \(.* ago, by ada: a bad migration\)/;
    for (const text of [await told({}), await told({}, "--yes")]) {
      expect(text).toMatch(which);
      expect(text).toContain("shop (db) is again what it was before, and all that was written since is set aside\n");
      expect(text).toContain("the data that comes back is of release v3; v3 serves now\n");
    }
    const releases = { data: "v2", serves: "v3" };
    const other = await told({ releases, findings }, "--yes");
    expect(other).toContain("COMES BACK IS OF RELEASE v2, and v3 serves: v3 may not run on it; go back with sluice");
    expect(other).toContain("warn cdc stays [replication-slots-stay]\n");
    const unknown = await told({ restored: null, releases: { data: null, serves: null } });
    expect(unknown).toContain("no restore of backup 20260501T090000Z-abcd that took place, or not how the last one");
    expect(unknown).toContain("is not on record; none serves now\n");
    const twice = await told({ restored: null, takenBack: undoPlan.restored });
    expect(twice).toMatch(
      /^the restore of backup \S+ was taken back already, at 2026-05-01T10:00:00Z \(.*by ada: a bad migr/m,
    );
    expect(JSON.parse(await told({ releases, findings }, "--yes", "--json"))).toMatchObject({
      undone: "shop__undone_x",
      restored: undoPlan.restored,
      releases,
      findings,
    });
  });
});

it("sluice db verify tells how long a restore takes", async () => {
  const deployer = deployerWith({ verify: async () => proven });
  const ran = await run(["db", "verify"], { deployer });
  expect(ran.stdout).toContain("compared (a restore took 34.1s)\nnot tested\n  the application\n");
  expect(deployer.calls[0]?.slice(0, 2)).toEqual(["database.verify", undefined]);
});

it("sluice db prune says what went and what stays, and why", async () => {
  const decisions = [
    { id: "b1", remove: true, reason: "enough newer ones are there" },
    { id: "b2", remove: false, reason: "release r1 needs it" },
  ];
  const deployer = deployerWith({ prune: async () => ({ decisions, leftovers: ["b0.dump"] }) });
  expect((await run(["db", "prune"], { deployer })).stdout).toBe(
    "removed  b1  enough newer ones are there\nkept     b2  release r1 needs it\nremoved b0.dump, which a dead run had left\n",
  );
});

it.each([
  ["of what was removed now", true, { freed: "19.075 MiB" }, "gave back 19.075 MiB\n"],
  ["that an earlier run still owed", false, { freed: "1 GiB" }, "gave back 1 GiB, which earlier runs had not\n"],
  ["that is none", false, { freed: null }, ""],
  [
    "that has to wait",
    false,
    { freed: null, postponed: "already locked by PID 7" },
    "what was removed, now or before, may still take its room: already locked by PID 7\nnext: sluice db prune gives it back\n",
  ],
])("sluice db prune says what became of the room %s", async (_what, remove, compaction, text) => {
  const decisions = [{ id: "b1", remove, reason: "why" }];
  const deployer = deployerWith({ prune: async () => ({ decisions, leftovers: [], compaction }) });
  expect((await run(["db", "prune"], { deployer })).stdout).toBe(`${remove ? "removed" : "kept"}  b1  why\n${text}`);
  const { stdout } = await run(["db", "prune", "--json"], { deployer });
  expect(JSON.parse(stdout)).toMatchObject({ compaction });
});

it("sluice audit show tells of backups among deployments", async () => {
  const of = { service: "db", release: null, backup: null, error: null, removed: [] };
  const record = { at: backup.at, hash: "h", actor: "ada", ...of };
  const deployer = deployerWith({
    records: async () => [
      { ...record, seq: 1, action: "backup", result: "begun", reason: "before v2" },
      { ...record, seq: 2, action: "backup", result: "done", reason: "before v2", backup: backup.id },
      { ...record, seq: 3, action: "restore", result: "failed", reason: "", error: "pg_restore failed" },
      { ...record, seq: 4, action: "prune", result: "done", reason: "", removed: ["b1", "b2"] },
    ],
  });
  const { stdout } = await run(["audit", "show"], { deployer });
  for (const text of [
    "database backup begun: before v2",
    `database backup done ${backup.id}`,
    "database restore failed: pg_restore failed",
    "database prune done b1, b2",
  ]) {
    expect(stdout).toContain(text);
  }
});

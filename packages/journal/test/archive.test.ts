import { spawn } from "node:child_process";
import { createReadStream, readFileSync } from "node:fs";
import {
  chmod,
  lstat,
  mkdir,
  readdir,
  readFile,
  readlink,
  rm,
  symlink,
  truncate,
  utimes,
  writeFile,
} from "node:fs/promises";
import { dirname, join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { SluiceError } from "@sluice/core";
import { systemClock as clock } from "@sluice/core/node";
import {
  acquireLock,
  createJournal,
  type ExportOptions,
  exportHome,
  importHome,
  openStateHome,
  readLockHolder,
  vacateHome,
  verifyAudit,
} from "@sluice/journal";
import { pack } from "tar-stream";
import { expect, it } from "vitest";
import { createDigest, endName } from "../src/archive/archive-end.ts";
import { tryLock } from "../src/lock/kernel-lock.ts";
import { temporaryDirectory, temporaryHome } from "./temporary-home.ts";

const options = { clock, stack: "shop", actor: "mira", reason: "state import" };

async function exported(home: { path: string }, exporting?: ExportOptions): Promise<Buffer> {
  const sink = new PassThrough();
  const [archive] = await Promise.all([buffer(sink), exportHome(home, sink, exporting)]);
  return archive;
}

async function tree(root: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const name of (await readdir(root, { recursive: true })).toSorted()) {
    const path = join(root, name);
    const stats = await lstat(path);
    const mode = (stats.mode & 0o777).toString(8);
    if (stats.isSymbolicLink()) found[name] = `-> ${await readlink(path)}`;
    else found[name] = stats.isDirectory() ? `${mode} directory` : `${mode} ${await readFile(path, "latin1")}`;
  }
  return found;
}

interface TarEntry {
  readonly name: string;
  readonly text?: string;
  readonly link?: string;
  readonly hard?: boolean;
}

/** An archive that is whole, of whatever entries. */
async function tar(...entries: readonly TarEntry[]): Promise<Readable> {
  const archive = pack();
  const digest = createDigest();
  for (const { name, text = "", link, hard } of entries) {
    const isFile = link === undefined;
    const header = { name, type: isFile ? "file" : hard ? "link" : "symlink", linkname: link ?? "" } as const;
    digest.begin({ ...header, linkname: link, size: isFile ? text.length : 0 });
    if (isFile) {
      await buffer(digest.content(Readable.from([Buffer.from(text)])));
      archive.entry(header, text);
    } else {
      archive.entry(header);
    }
  }
  archive.entry({ name: endName }, JSON.stringify({ sha256: digest.sha256(), gone: [], leftBackups: null }));
  archive.finalize();
  return Readable.from([await buffer(Readable.from(archive as AsyncIterable<Uint8Array>))]);
}

it("a home comes back as it was: journal, keys, releases with modes and links", async () => {
  const home = await temporaryHome();
  const journal = createJournal(home, clock);
  for (const type of ["a", "b", "c"]) await journal.append({ type });
  const files = join(home.releasesDir, "r1", "files", "conf");
  await mkdir(files, { recursive: true });
  await writeFile(join(files, "run.sh"), "#!/bin/sh\n");
  await chmod(join(files, "run.sh"), 0o755);
  await writeFile(join(files, "empty"), "");
  await writeFile(join(files, `${"long-".repeat(30)}ü`), Buffer.from([0, 255, 10]));
  await symlink("/etc/hostname", join(files, "link"));
  await chmod(files, 0o555);
  await using _lock = await acquireLock(home, { actor: "a", reason: "b", release: "c" });

  const copy = join(await temporaryDirectory(), "deep", "copy");
  const archive = await exported(home);
  const imported = await importHome(copy, Readable.from([archive]), options);
  expect(imported).toEqual({
    id: expect.any(String),
    from: home.id,
    replaced: null,
    replacedBackups: null,
    keptReleases: [],
    leftBackups: null,
  });
  const stays = ["lock.json", "lock.db", "journal.reserve"];
  const own = Object.entries(await tree(home.path)).filter(([name]) => !stays.includes(name));
  const described = { "home.json": expect.stringMatching(/^600 /) };
  expect(await tree(copy)).toMatchObject({ ...Object.fromEntries(own), ...described });
  const opened = await openStateHome(copy, { clock, stack: "shop", create: false });
  // The two are not taken for one: an engine that knows the new id refuses the home that was left behind.
  expect(opened).toMatchObject({ id: imported.id, previewSecret: home.previewSecret, createdAt: home.createdAt });
  expect(imported.id).not.toBe(home.id);
  expect(await verifyAudit(opened)).toEqual({ ok: true, records: 3, problems: [] });
  expect(await readLockHolder(opened)).toBeNull();
  await chmod(files, 0o755);
});

it("an export that is made while records are appended is a valid home", async () => {
  const home = await temporaryHome();
  const journal = createJournal(home, clock);
  await journal.append({ type: "first" });
  let isDone = false;
  const writing = (async () => {
    while (!isDone) await journal.append({ type: "note", text: "x".repeat(5_000) });
  })();
  for (let round = 0; round < 5; round++) {
    const copy = join(await temporaryDirectory(), "copy");
    await importHome(copy, Readable.from([await exported(home)]), options);
    expect((await verifyAudit({ path: copy })).ok).toBe(true);
  }
  isDone = true;
  await writing;
});

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}

/** A home that remembers something. */
async function usedHome() {
  const home = await temporaryHome();
  await createJournal(home, clock).append({ type: "note" });
  return home;
}

it("a home that holds something is not written over, unless it is told: then it is moved aside, whole", async () => {
  const [home, other] = [await usedHome(), await usedHome()];
  const archive = await exported(other);
  const again = () => Readable.from([archive]);
  await expect(importHome(home.path, again(), options)).rejects.toMatchObject({
    code: "HOME_UNUSABLE",
    hint: expect.stringContaining("--replace"),
  });
  expect((await openStateHome(home.path, { clock })).id).toBe(home.id);
  const { replaced } = await importHome(home.path, again(), { ...options, replace: true });
  expect(replaced).toMatch(/shop\.replaced-\d{14}$/);
  const aside = await openStateHome(replaced ?? "", { clock, create: false });
  expect([aside.id, (await verifyAudit(aside)).records]).toEqual([home.id, 1]);
  expect(await verifyAudit(home)).toMatchObject({ ok: true, records: 1 });
  const twice = await importHome(home.path, again(), { ...options, replace: true });
  expect(twice.replaced).not.toBe(replaced);
});

it.each([
  ["description", "home.json", "", "HOME_UNUSABLE"],
  ["key", "keys/hash", "", "HOME_UNUSABLE"],
  ["description of a newer Sluice", "home.json", '{"version":2}', "JOURNAL_NEWER"],
])("a home with a damaged %s is moved aside where that is told, under its lock", async (_what, name, text, code) => {
  const [home, other] = [await usedHome(), await usedHome()];
  const archive = await exported(other);
  const again = () => Readable.from([archive]);
  await writeFile(join(home.path, name), text);
  await expect(importHome(home.path, again(), options)).rejects.toMatchObject({
    code,
    hint: expect.stringContaining("--replace"),
  });
  const told = { ...options, replace: true };
  const held = tryLock(join(home.path, "lock.db"));
  await expect(importHome(home.path, again(), told)).rejects.toMatchObject({ code: "LOCK_HELD" });
  held?.release();
  const { id, replaced } = await importHome(home.path, again(), told);
  expect((await openStateHome(home.path, { clock, create: false })).id).toBe(id);
  expect(await readFile(join(replaced ?? "", name), "utf8")).toBe(text);
  expect(await readdir(replaced ?? "")).toContain("journal.ndjson");
});

it("what an import that was killed left beside the home goes with a later one", async () => {
  const home = await temporaryHome();
  const archive = await exported(await usedHome());
  const beside = (name: string) => join(dirname(home.path), name);
  const [old, fresh, foreign] = [".tmp-shop-Ab12Cd", ".tmp-shop-Ef34Gh", ".tmp-shop-two-Ij56Kl"] as const;
  for (const name of [old, fresh, foreign]) await write(join(beside(name), "keys", "hash"), "secret");
  const dayAgo = clock.now().getTime() / 1_000 - 24 * 3_600;
  await utimes(beside(old), dayAgo - 60, dayAgo - 60);
  await utimes(beside(foreign), dayAgo - 60, dayAgo - 60);
  await utimes(beside(fresh), dayAgo + 60, dayAgo + 60);
  await importHome(home.path, Readable.from([archive]), options);
  expect((await readdir(dirname(home.path))).toSorted()).toEqual([fresh, foreign, "shop"]);
});

it("a home that holds nothing yet gives way", async () => {
  const home = await temporaryHome();
  const archive = await exported(await usedHome());
  expect(await importHome(home.path, Readable.from([archive]), options)).toMatchObject({ replaced: null });
  expect(await readdir(join(home.path, ".."))).toEqual(["shop"]);
});

it("a home at work is not put aside, and neither is what is no home", async () => {
  const home = await usedHome();
  await using _lock = await acquireLock(home, { actor: "eve", reason: "deploys", release: "v1" });
  await expect(vacateHome(home.path, { ...options, replace: true })).rejects.toMatchObject({ code: "LOCK_HELD" });
  const directory = await temporaryDirectory();
  await writeFile(join(directory, "notes.txt"), "mine");
  await expect(vacateHome(directory, { ...options, replace: true })).rejects.toMatchObject({ code: "HOME_UNUSABLE" });
  expect(await readdir(directory)).toEqual(["notes.txt"]);
});

it("an archive that is refused when it is known leaves everything as it was", async () => {
  const home = await usedHome();
  const archive = await exported(await usedHome());
  const refusal = new SluiceError("HOME_MISMATCH", "not this one");
  const accept = () => {
    throw refusal;
  };
  const told = { ...options, replace: true };
  await expect(importHome(home.path, Readable.from([archive]), { ...told, accept })).rejects.toBe(refusal);
  await expect(importHome(home.path, Readable.from([archive]), { ...told, stack: "blog" })).rejects.toMatchObject({
    code: "HOME_MISMATCH",
    hint: "use -p shop",
  });
  expect((await openStateHome(home.path, { clock })).id).toBe(home.id);
  expect(await readdir(join(home.path, ".."))).toEqual(["shop"]);
});

it("a release that is pruned while the home is exported is left out", async () => {
  const home = await usedHome();
  for (const release of ["r1", "r2"]) {
    await write(join(home.releasesDir, release, "large"), "x".repeat(1_048_576));
    await write(join(home.releasesDir, release, "small"), release);
  }
  // Holds next to nothing: while a chunk is looked at, the rest of the release is not.
  const sink = new PassThrough({ highWaterMark: 1 });
  const exporting = exportHome(home, sink);
  const chunks: Buffer[] = [];
  for await (const chunk of sink) {
    chunks.push(chunk as Buffer);
    if (chunks.at(-1)?.includes("releases/r1/large")) await rm(join(home.releasesDir, "r1"), { recursive: true });
  }
  await exporting;
  const copy = join(await temporaryDirectory(), "copy");
  await importHome(copy, Readable.from(chunks), options);
  expect(await readdir(join(copy, "releases"))).toEqual(["r2"]);
  expect(await readFile(join(copy, "releases", "r2", "small"), "utf8")).toBe("r2");
});

it("what people are still to be told travels; backups stay where they are, and both sides are told how many", async () => {
  const home = await usedHome();
  await write(join(home.path, "outbox", "team-d1.live.json"), "{}");
  const names = ["a.dump", "a.json", "b.dump", "b.json", "c.json.writer.partial"];
  for (const name of names) await write(join(home.path, "backups", name), name);
  const left = { count: 2, directory: join(home.path, "backups") };
  const sink = new PassThrough();
  const [archive, report] = await Promise.all([buffer(sink), exportHome(home, sink)]);
  expect(report).toEqual({ leftBackups: left });
  const copy = join(await temporaryDirectory(), "copy");
  const imported = await importHome(copy, Readable.from([archive]), options);
  expect(imported).toMatchObject({ leftBackups: left, replacedBackups: null });
  expect(await readdir(join(copy, "outbox"))).toEqual(["team-d1.live.json"]);
  expect(await readdir(copy)).not.toContain("backups");
});

it("backups travel where that is asked for, and the ones of a home that is put aside are told of", async () => {
  const [home, other] = [await usedHome(), await usedHome()];
  for (const name of ["a.dump", "a.json", "c.json.writer.partial"]) await write(join(home.path, "backups", name), name);
  await write(join(other.path, "backups", "old.json"), "{}");
  const archive = await exported(home, { withBackups: true });
  const imported = await importHome(other.path, Readable.from([archive]), { ...options, replace: true });
  expect(imported).toMatchObject({
    leftBackups: null,
    replacedBackups: { count: 1, directory: join(imported.replaced ?? "", "backups") },
  });
  expect(await readdir(join(other.path, "backups"))).toEqual(["a.dump", "a.json"]);
});

it("what only the home that is put aside holds of releases stays where containers mount it", async () => {
  const [home, other] = [await usedHome(), await usedHome()];
  const of = ({ releasesDir }: typeof home, id: string) => join(releasesDir, id, "files", "conf");
  for (const place of [home, other]) await write(join(of(place, "r1"), "nginx.conf"), place.id);
  await write(join(of(other, "r2"), "nginx.conf"), "newer");
  await symlink("nginx.conf", join(of(other, "r2"), "link"));
  await chmod(of(other, "r2"), 0o555);
  await write(join(other.releasesDir, ".tmp-r3", "model.json"), "{}");
  const before = await tree(join(other.releasesDir, "r2"));
  const archive = await exported(home);
  const imported = await importHome(other.path, Readable.from([archive]), { ...options, replace: true });
  expect(imported.keptReleases).toEqual(["r2"]);
  expect(await tree(join(other.releasesDir, "r2"))).toEqual(before);
  expect(await tree(join(imported.replaced ?? "", "releases", "r2"))).toEqual(before);
  expect(await readFile(join(of(other, "r1"), "nginx.conf"), "utf8")).toBe(home.id);
  const [again] = [await importHome(other.path, Readable.from([archive]), { ...options, replace: true })];
  expect([again.keptReleases, (await readdir(other.releasesDir)).toSorted()]).toEqual([["r2"], ["r1", "r2"]]);
  await chmod(of(other, "r2"), 0o755);
});

it.each([
  ["a file", (path: string) => createReadStream(path)],
  // Node throws away what a child wrote that nobody reads when it ends.
  ["a pipe", (path: string) => spawn("cat", [path]).stdout.pipe(new PassThrough())],
  ["one piece", (path: string) => Readable.from([readFileSync(path)])],
])("an archive that was cut off anywhere, in %s, is refused and leaves nothing", async (_from, read) => {
  const home = await usedHome();
  await write(join(home.releasesDir, "r1", "file"), "x".repeat(1_000));
  await symlink("file", join(home.releasesDir, "r1", "link"));
  await write(join(home.releasesDir, "r1", "zero"), "");
  const archive = await exported(home);
  // Zeros come after the last entry: whoever loses only those has everything.
  const needed = archive.findLastIndex((byte) => byte !== 0);
  const directory = await temporaryDirectory();
  const path = join(directory, "cut.tar");
  await writeFile(path, archive);
  for (let size = archive.length - 512; size >= 0; size -= 512) {
    await truncate(path, size);
    const imported = importHome(join(directory, "copy"), read(path), options);
    if (size > needed) {
      await imported;
      await rm(join(directory, "copy"), { recursive: true });
      continue;
    }
    expect(await imported.catch((error: unknown) => error)).toMatchObject({ code: "HOME_UNUSABLE" });
    expect([size, await readdir(directory)]).toEqual([size, ["cut.tar"]]);
  }
});

it("an archive that was changed on its way, or goes on after its end, leaves nothing", async () => {
  const home = await usedHome();
  await write(join(home.releasesDir, "r1", "file"), "the port is open");
  const archive = await exported(home);
  const changed = Buffer.from(archive);
  changed.write("shut", archive.indexOf("open"));
  const end = archive.findLastIndex((byte) => byte !== 0);
  const whole = archive.subarray(0, Math.ceil(end / 512) * 512);
  const directory = await temporaryDirectory();
  for (const bytes of [changed, Buffer.concat([whole, archive])]) {
    const imported = importHome(join(directory, "copy"), Readable.from([bytes]), options);
    await expect(imported).rejects.toMatchObject({
      code: "HOME_UNUSABLE",
      message: expect.stringContaining("not whole"),
    });
    expect(await readdir(directory)).toEqual([]);
  }
});

it.each([
  ["a path upwards", { name: "releases/../../evil", text: "x" }],
  ["an absolute path", { name: "/etc/evil", text: "x" }],
  ["a stray file", { name: "notes.txt", text: "x" }],
  ["a link outside of releases", { name: "keys", link: "/etc" }],
  ["a hard link", { name: "releases/r1", link: "/etc/passwd", hard: true }],
])("an archive with %s is refused and leaves nothing", async (_what, entry) => {
  const directory = await temporaryDirectory();
  const archive = await tar({ name: "home.json", text: '{"version":1,"id":"i","stack":"s","createdAt":"t"}' }, entry);
  await expect(importHome(join(directory, "copy"), archive, options)).rejects.toMatchObject({ code: "HOME_UNUSABLE" });
  expect(await readdir(directory)).toEqual([]);
});

it.each([
  ["a file", { name: "releases/r1/evil", text: "x" }],
  ["a link", { name: "releases/r1/evil", link: "/etc/passwd" }],
])("%s is not written through a link of the archive", async (_what, entry) => {
  const directory = await temporaryDirectory();
  await mkdir(join(directory, "outside"));
  const archive = await tar(
    { name: "home.json", text: '{"version":1,"id":"i","stack":"s","createdAt":"t"}' },
    { name: "releases/r0/file", text: "makes the directory" },
    { name: "releases/r1", link: join(directory, "outside") },
    entry,
  );
  await expect(importHome(join(directory, "copy"), archive, options)).rejects.toMatchObject({ code: "HOME_UNUSABLE" });
  expect(await readdir(directory)).toEqual(["outside"]);
  expect(await readdir(join(directory, "outside"))).toEqual([]);
});

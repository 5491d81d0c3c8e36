import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { aNotification } from "../testing/a-notification.ts";
import { waitingEntry } from "./keep.ts";
import { createOutbox } from "./outbox.ts";

let directory = "";
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "sluice-outbox-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const path = () => join(directory, "outbox");
const anEntry = (id = "d1.live", channel = "team", atMs = 0) =>
  waitingEntry(aNotification({ id }), channel, new Date(atMs));

describe("an outbox", () => {
  it("that was never used is empty, and nothing is made for it", async () => {
    const outbox = createOutbox(path());
    expect([await outbox.list(), await outbox.read("d1", "team")]).toEqual([[], null]);
    expect(await readdir(directory)).toEqual([]);
  });

  it("gives back what was written, oldest first, and forgets what was removed", async () => {
    const outbox = createOutbox(path());
    await outbox.write(anEntry("d2.live", "team", 2));
    await outbox.write(anEntry("d1.live", "team", 1));
    await outbox.write(anEntry("d1.live", "mail", 1));
    const again = createOutbox(path());
    expect((await again.list()).map(({ id, channel }) => `${id} ${channel}`)).toEqual([
      "d1.live mail",
      "d1.live team",
      "d2.live team",
    ]);
    expect(await again.read("d1.live", "mail")).toEqual(anEntry("d1.live", "mail", 1));
    await again.remove({ id: "d1.live", channel: "mail" });
    expect(await again.read("d1.live", "mail")).toBeNull();
  });

  it("is read by its owner alone", async () => {
    await createOutbox(path()).write(anEntry());
    const [name = "", ...others] = await readdir(path());
    expect(others).toEqual([]);
    expect((await stat(path())).mode & 0o777).toBe(0o700);
    expect((await stat(join(path(), name))).mode & 0o777).toBe(0o600);
  });

  it("leaves out what a crash, a person or a newer version has left there", async () => {
    const outbox = createOutbox(path());
    await outbox.write(anEntry());
    await writeFile(join(path(), ".tmp-team-x.json"), "{");
    await writeFile(join(path(), "torn.json"), '{"v":1,');
    await writeFile(join(path(), "newer.json"), JSON.stringify({ ...anEntry("x"), v: 2 }));
    expect(await outbox.list()).toEqual([anEntry()]);
  });

  it("is rid of what a process left that was killed while it wrote", async () => {
    const outbox = createOutbox(path());
    await outbox.sweep();
    await outbox.write(anEntry());
    const whole = await readdir(path());
    await writeFile(join(path(), ".tmp-team-x.json-0123"), "{");
    await outbox.sweep();
    expect(await readdir(path())).toEqual(whole);
  });

  it("keeps ids apart that no file name could hold, inside its directory", async () => {
    const outbox = createOutbox(path());
    const ids = ["window:v1/../../x", "window:v1/../../y", "x".repeat(500), ".", ".."];
    for (const id of ids) await outbox.write(anEntry(id));
    expect((await outbox.list()).map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
    expect(await readdir(directory)).toEqual(["outbox"]);
  });

  it("keeps entries of two channels apart although hyphens of one name could be of the other", async () => {
    const outbox = createOutbox(path());
    const [ours, theirs] = [anEntry("b-d1.live", "team", 1), anEntry("d1.live", "team-b", 2)];
    await Promise.all([outbox.write(ours), outbox.write(theirs)]);
    expect(await outbox.list()).toEqual([ours, theirs]);
    expect([await outbox.read(ours.id, "team"), await outbox.read(theirs.id, "team-b")]).toEqual([ours, theirs]);
    await outbox.remove(ours);
    expect([await outbox.read(ours.id, "team"), await outbox.list()]).toEqual([null, [theirs]]);
  });

  it("goes on with a file that is called as before, and takes none of another channel for its own", async () => {
    const outbox = createOutbox(path());
    const ours = anEntry("b-d1.live", "team");
    await mkdir(path());
    await writeFile(join(path(), "team-b-d1.live.json"), JSON.stringify(ours));
    expect([await outbox.read("b-d1.live", "team"), await outbox.read("d1.live", "team-b")]).toEqual([ours, null]);
    await outbox.write({ ...ours, state: "delivered" });
    expect(await outbox.list()).toEqual([{ ...ours, state: "delivered" }]);
    await outbox.remove({ id: "d1.live", channel: "team-b" });
    expect(await readdir(path())).toHaveLength(1);
    await outbox.remove(ours);
    expect(await readdir(path())).toEqual([]);
  });

  it("says when it cannot be written or read", async () => {
    await writeFile(path(), "a file where the directory should be");
    const outbox = createOutbox(path());
    await expect(outbox.write(anEntry())).rejects.toMatchObject({ code: "NOTIFY_FAILED" });
    const message = `the outbox ${path()} cannot be read (ENOTDIR)`;
    await expect(outbox.list()).rejects.toMatchObject({ code: "NOTIFY_FAILED", message });
    await expect(outbox.sweep()).rejects.toMatchObject({ code: "NOTIFY_FAILED", message });
  });
});

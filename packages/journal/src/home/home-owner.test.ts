import { chown, mkdir, readdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryHome } from "../../test/temporary-home.ts";
import { acquireLock } from "../lock/acquire-lock.ts";
import { homeError } from "./home-error.ts";
import { openStateHome } from "./state-home.ts";

const somebody = 54_321;
const request = { actor: "root", reason: "hotfix", release: "v2" };
const denied = (path: string) => Object.assign(new Error("denied"), { code: "EACCES", path });

it("names rights and another place where nobody can look whose the directory is", async () => {
  const { path } = await temporaryHome();
  // Root may enter every directory: a link to itself stands for one above the home that may not be entered.
  const closed = join(path, "closed");
  await symlink("closed", closed);
  const home = join(closed, "shop");
  expect(homeError(denied(home), home, "the state home cannot be used:")).toMatchObject({
    code: "HOME_UNUSABLE",
    message: `the state home cannot be used: ${home}: EACCES`,
    hint: expect.stringMatching(/^run as the user that owns it, or .* --state-home$/),
  });
});

// Only root may give a file away.
describe.skipIf(process.getuid?.() !== 0)("a home of another user", () => {
  it("is looked into by root, and not locked: what root makes there its owner cannot use", async () => {
    const { path, clock } = await temporaryHome();
    for (const name of ["home.json", "."]) await chown(join(path, name), somebody, somebody);
    const before = await readdir(path);
    await using opened = await openStateHome(path, { clock, stack: "shop" });
    await expect(acquireLock(opened, request)).rejects.toMatchObject({
      code: "HOME_UNUSABLE",
      message: `the state home ${path} belongs to ${somebody}, and this is root`,
      hint: expect.stringMatching(
        `^run as the user that owns it: sudo -u '#${somebody}' sluice .*chown -R root ${path}$`,
      ),
    });
    expect(await readdir(path)).toEqual(before);
    await chown(join(path, "home.json"), 0, 0);
    await using _lock = await acquireLock(opened, request);
  });

  it("names what was denied, whom it belongs to, and how it is given back", async () => {
    const { path } = await temporaryHome();
    const head = join(path, "journal.head");
    await writeFile(head, "");
    await writeFile(join(path, "journal.ndjson"), "");
    await mkdir(join(path, "releases", "r1"));
    const error = (file: string) =>
      homeError(denied(file), join(path, "journal.ndjson"), "the journal cannot be read:");
    // Nothing is another's: it is not the owner that denies.
    expect(error(head)).toMatchObject({ hint: expect.stringContaining("run as the user that owns it, or use") });
    await chown(head, somebody, somebody);
    expect(error(head)).toMatchObject({
      code: "HOME_UNUSABLE",
      message: `the journal cannot be read: ${join(path, "journal.ndjson")}: EACCES at ${head}`,
      hint: `${head} belongs to ${somebody}, as another user than root has worked there: sudo chown -R root ${path}`,
    });
  });
});

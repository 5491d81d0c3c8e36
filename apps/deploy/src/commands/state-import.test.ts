import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { SluiceError } from "@sluice/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { anImport } from "../testing/a-moved-state.ts";
import { fakeDeployer } from "../testing/fake-deployer.ts";
import { events, run } from "../testing/run.ts";

let cwd = "";
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), "sluice-cli-"));
  await writeFile(join(cwd, "shop.tar"), "archive");
});
afterEach(async () => rm(cwd, { recursive: true }));

const importing = (over: Parameters<typeof anImport>[0] = {}) => {
  const read: string[] = [];
  const deployer = fakeDeployer({
    importState: async (archive) => {
      read.push(await text(archive));
      return anImport(over);
    },
  });
  return { read, deployer };
};

describe("sluice state import", () => {
  it("says whose the stack is now, and who is refused from now on", async () => {
    const { deployer, read } = importing();
    const ran = await run(["state", "import", "shop.tar"], { deployer, cwd });
    expect([ran.exitCode, read]).toEqual([0, ["archive"]]);
    expect(ran.stdout).toBe(
      "stack shop belongs to /var/lib/sluice/shop now (state home new)\nthe state home that was exported (old) is refused from now on\n",
    );
  });

  it("reads the standard input for -, and passes on what was consented to", async () => {
    const { deployer, read } = importing();
    await run(["state", "import", "-", "--replace", "--take-over", "--reason", "new disk"], { deployer, cwd });
    expect(read).toEqual(["from the standard input"]);
    const call = deployer.calls.find(([name]) => name === "importState");
    expect(call?.[2]).toEqual({ replace: true, takeOver: true, reason: "new disk" });
  });

  it("says where the home is that was there, and that a deployment has no end", async () => {
    const over = { replaced: "/var/lib/sluice/shop.replaced-1", unfinished: { deployment: "d7", tag: "v2" } };
    const { stdout } = await run(["state", "import", "shop.tar"], { ...importing(over), cwd });
    expect(stdout).toContain("what was there before is in /var/lib/sluice/shop.replaced-1\n");
    expect(stdout).toContain(
      "the export ends within deployment d7 (v2): let what still runs of it where it came from end first, then see `sluice status`",
    );
    const json = await run(["state", "import", "shop.tar", "--json"], { ...importing(over), cwd });
    expect(events(json.stdout)).toEqual([{ v: 1, ...anImport(over) }]);
  });

  it("says which backups did not come along, and which went aside", async () => {
    const over = {
      replaced: "/var/lib/sluice/shop.replaced-1",
      replacedBackups: { count: 3, directory: "/var/lib/sluice/shop.replaced-1/backups" },
      leftBackups: { count: 1, directory: "/srv/old/backups" },
    };
    const { stdout } = await run(["state", "import", "shop.tar"], { ...importing(over), cwd });
    expect(stdout).toContain(
      "3 backups in /var/lib/sluice/shop.replaced-1/backups are not here: copy what you need to /var/lib/sluice/shop/backups\n" +
        "1 backup in /srv/old/backups is still where it was exported: copy that directory to /var/lib/sluice/shop/backups\n",
    );
  });

  it("says what was kept for what runs, and which directories it needs further on", async () => {
    const over = { keptReleases: ["r-1", "r-2"], mountedHomes: ["/home/runner/.local/state/sluice/shop"] };
    const { stdout } = await run(["state", "import", "shop.tar"], { ...importing(over), cwd });
    expect(stdout).toContain(
      "kept of what was there before, as what runs may mount its files: r-1, r-2\n" +
        "what runs mounts files of /home/runner/.local/state/sluice/shop: keep that directory until the next release is live, and `sluice status` tells of it no more\n",
    );
  });

  it("exits 2 for a file that cannot be read, and 10 where it is refused", async () => {
    const missing = await run(["state", "import", "no.tar"], { ...importing(), cwd });
    expect([missing.exitCode, missing.stderr]).toEqual([2, expect.stringContaining("no.tar cannot be read: ENOENT")]);
    const refusal = new SluiceError("HOME_UNUSABLE", "it holds the state of stack shop");
    const deployer = fakeDeployer({ importState: async () => Promise.reject(refusal) });
    expect((await run(["state", "import", "shop.tar"], { deployer, cwd })).exitCode).toBe(10);
  });
});

import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LeftBackups } from "@sluice/wiring";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fakeDeployer } from "../testing/fake-deployer.ts";
import { events, run } from "../testing/run.ts";

let cwd = "";
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), "sluice-cli-"));
});
afterEach(async () => rm(cwd, { recursive: true }));

describe("sluice state export", () => {
  const exporting = (leftBackups: LeftBackups | null = null) =>
    fakeDeployer({
      exportState: async (stream) => {
        stream.write("journal");
        return { leftBackups };
      },
    });

  it("writes a file that its owner alone can read", async () => {
    const { exitCode } = await run(["state", "export", "shop.tar"], { deployer: exporting(), cwd });
    expect(exitCode).toBe(0);
    expect(await readFile(join(cwd, "shop.tar"), "utf8")).toBe("journal");
    expect((await stat(join(cwd, "shop.tar"))).mode & 0o777).toBe(0o600);
  });

  it("leaves what was there when it fails, and nothing half-written", async () => {
    await writeFile(join(cwd, "shop.tar"), "older");
    const failing = fakeDeployer({ exportState: async () => Promise.reject(new Error("disk")) });
    expect((await run(["state", "export", "shop.tar"], { deployer: failing, cwd })).exitCode).toBe(70);
    expect(await readdir(cwd)).toEqual(["shop.tar"]);
    expect(await readFile(join(cwd, "shop.tar"), "utf8")).toBe("older");
  });

  it("says where it could not write", async () => {
    const ran = await run(["state", "export", "no/such/shop.tar"], { deployer: exporting(), cwd });
    expect(ran.exitCode).toBe(2);
    expect(ran.stderr).toContain("no/such/shop.tar cannot be written: ENOENT");
  });

  it.each(["-", "/dev/stdout"])("writes to the standard output for %s", async (target) => {
    expect((await run(["state", "export", target], { deployer: exporting(), cwd })).stdout).toBe("journal");
  });

  it("says which backups are not in it, beside the archive where that is the output", async () => {
    const left = { count: 2, directory: "/var/lib/sluice/shop/backups" };
    const said =
      "2 backups in /var/lib/sluice/shop/backups are not in it: export --with-backups, or copy that directory too\n";
    expect((await run(["state", "export", "shop.tar"], { deployer: exporting(left), cwd })).stdout).toContain(
      `\n${said}`,
    );
    const piped = await run(["state", "export", "-"], { deployer: exporting(left), cwd });
    expect([piped.stdout, piped.stderr]).toEqual(["journal", said]);
    const json = await run(["state", "export", "shop.tar", "--json"], { deployer: exporting(left), cwd });
    expect(events(json.stdout)).toEqual([{ v: 1, file: join(cwd, "shop.tar"), leftBackups: left }]);
  });

  it("takes them along where that is asked for", async () => {
    const { deployer } = await run(["state", "export", "shop.tar", "--with-backups"], { deployer: exporting(), cwd });
    expect(deployer.calls.find(([name]) => name === "exportState")?.[2]).toEqual({ withBackups: true });
  });
});

describe("sluice prune", () => {
  it("names what it removed", async () => {
    const ran = await run(["prune", "--wait", "1m"], { deployer: fakeDeployer({ prune: async () => ["r1", "r2"] }) });
    expect(ran.deployer.calls).toContainEqual(["prune", { waitMs: 60_000 }]);
    expect(ran.stdout).toBe("removed r1\nremoved r2\n");
    const none = await run(["prune", "--json"], { deployer: fakeDeployer({ prune: async () => [] }) });
    expect(events(none.stdout)).toEqual([{ v: 1, removed: [] }]);
  });
});

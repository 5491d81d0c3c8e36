import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fakeDeployer } from "../testing/fake-deployer.ts";
import { events, run } from "../testing/run.ts";

let cwd = "";
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), "sluice-cli-"));
});
afterEach(async () => rm(cwd, { recursive: true }));

describe("sluice state export", () => {
  const exporting = () =>
    fakeDeployer({
      exportState: async (stream) => {
        stream.write("journal");
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
});

describe("sluice prune", () => {
  it("names what it removed", async () => {
    const ran = await run(["prune"], { deployer: fakeDeployer({ prune: async () => ["r1", "r2"] }) });
    expect(ran.stdout).toBe("removed r1\nremoved r2\n");
    const none = await run(["prune", "--json"], { deployer: fakeDeployer({ prune: async () => [] }) });
    expect(events(none.stdout)).toEqual([{ v: 1, removed: [] }]);
  });
});

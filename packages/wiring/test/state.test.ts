import { execFile } from "node:child_process";
import { createWriteStream } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { promisify } from "node:util";
import { isSluiceError, type ReleaseRequest } from "@sluice/core";
import { freePort, uniqueStackName } from "@sluice/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDeployer, type Deployer } from "../src/index.ts";
import { removeAll } from "./remove-all.ts";

const stack = uniqueStackName("state");
const { signal } = new AbortController();
let root = "";
let port = 0;

const releaseOf = (tag: string): ReleaseRequest => ({
  tag,
  commit: `commit-of-${tag}`,
  dirty: false,
  source: "option",
});
const page = async () => (await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: "close" } })).text();

/** A machine of its own: the same checkout and engine, another state home. */
async function on<T>(machine: string, work: (deployer: Deployer) => Promise<T>): Promise<T> {
  const options = { stack, directory: root, env: process.env, stateHome: join(root, "homes", machine), actor: machine };
  await using deployer = createDeployer(options);
  return await work(deployer);
}
const deployOn = (machine: string, tag: string) =>
  on(machine, (deployer) => deployer.deploy({ release: releaseOf(tag) }, signal));

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "sluice-state-"));
  port = await freePort();
  const serve = "mkdir -p /w && echo hello > /w/index.html && exec httpd -f -p 80 -h /w";
  const web = {
    image: "sluice-test/busybox",
    init: true,
    volumes: ["./conf:/conf:ro"],
    command: ["sh", "-c", serve],
    ports: [`127.0.0.1:${port}:80`],
    healthcheck: { test: ["CMD", "wget", "-q", "-O", "/dev/null", "http://127.0.0.1/"] },
  };
  await mkdir(join(root, "conf"));
  await writeFile(join(root, "conf", "greeting"), "hello");
  await writeFile(join(root, "compose.yaml"), JSON.stringify({ services: { web } }));
  const config = {
    rollout: { steps: [100], bake: "0s" },
    analysis: { enabled: false },
    traffic: { drain: { timeout: "2s" } },
  };
  await writeFile(join(root, "sluice.yaml"), JSON.stringify(config));
});
afterAll(async () => {
  await removeAll(stack);
  await rm(root, { recursive: true, force: true });
});

describe("the state of a stack", () => {
  it("moves to another machine: the new one deploys, and the old one is refused and told what to type", async () => {
    expect(await deployOn("old", "v1")).toMatchObject({ outcome: "live", serving: { tag: "v1" } });
    const refused = await deployOn("new", "v2").catch((error: unknown) => error);
    expect(isSluiceError(refused) && [refused.code, refused.exitCode]).toEqual(["HOME_MISMATCH", 10]);
    const archive = join(root, "shop.tar");
    await on("old", (deployer) => deployer.exportState(createWriteStream(archive)));
    const source = Readable.from([await readFile(archive)]);
    const moved = await on("new", (deployer) => deployer.importState(source, {}, signal));
    expect(moved).toMatchObject({
      stack,
      replaced: null,
      unfinished: null,
      mountedHomes: [join(root, "homes", "old")],
    });
    const status = await on("new", (deployer) => deployer.status());
    expect(status).toMatchObject({ serving: { tag: "v1" }, findings: [{ code: "mounts-of-another-home" }] });
    const left = await deployOn("old", "v2").catch((error: unknown) => error);
    expect(isSluiceError(left) && left.hint).toContain(`sluice -p ${stack} state export`);
    const { findings } = await on("old", (deployer) => deployer.status());
    expect(findings).toMatchObject([{ code: "home-mismatch" }]);
    expect(await deployOn("new", "v2")).toMatchObject({ outcome: "live", serving: { tag: "v2" } });
  });

  it("is rebuilt from what the engine shows where it is lost, and the stack can be deployed to again", async () => {
    await rm(join(root, "homes"), { recursive: true });
    const rebuilt = await on("third", (deployer) => deployer.rebuildState({ release: releaseOf("v2") }, signal));
    expect(rebuilt.serving).toMatchObject({ tag: "v2", slot: "green", share: 100 });
    expect(rebuilt.slots.map(({ slot, tag, bundle }) => [slot, tag, bundle])).toEqual([
      ["blue", "v1", false],
      ["green", "v2", true],
    ]);
    expect(await readdir(join(root, "homes"))).toEqual(["third"]);
    expect(await on("third", (deployer) => deployer.audit())).toMatchObject({ ok: true, records: 1 });
    expect(await deployOn("third", "v3")).toMatchObject({ outcome: "live", serving: { tag: "v3", slot: "blue" } });
    const back = await on("third", (deployer) => deployer.rollback({ to: "v2" }, signal));
    expect(back).toMatchObject({ outcome: "live", serving: { tag: "v2" } });
    expect(await page()).toBe("hello\n");
    expect(await on("third", (deployer) => deployer.stateChanges())).toMatchObject([{ seq: 1, type: "state-rebuilt" }]);
  });

  it("is replaced by an older one, and what runs since starts again with the files that it mounts", async () => {
    const archive = join(root, "older.tar");
    await on("third", (deployer) => deployer.exportState(createWriteStream(archive)));
    expect(await deployOn("third", "v4")).toMatchObject({ outcome: "live" });
    const source = Readable.from([await readFile(archive)]);
    const replaced = await on("third", (deployer) => deployer.importState(source, { replace: true }, signal));
    // The version before was made from a home that is lost.
    expect(replaced).toMatchObject({ keptReleases: [expect.any(String)], mountedHomes: [join(root, "homes", "new")] });
    const status = () => on("third", (deployer) => deployer.status());
    expect(await status()).toMatchObject({ serving: { tag: "v4" }, findings: [{ code: "mounts-of-another-home" }] });
    const web = (await on("third", (deployer) => deployer.ps())).find(
      ({ service, place, live }) => service === "web" && place !== "door" && live,
    );
    await promisify(execFile)("docker", ["restart", "--time=1", web?.id ?? ""]);
    await expect.poll(page, { timeout: 30_000 }).toBe("hello\n");
    expect(await deployOn("third", "v5")).toMatchObject({ outcome: "live", serving: { tag: "v5" } });
    expect(await status()).toMatchObject({ findings: [] });
  });
});

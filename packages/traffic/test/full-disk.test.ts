import { execFileSync, spawnSync } from "node:child_process";
import { appendFile, mkdir, mkdtemp, rm, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DoorRouting } from "@sluice/core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { doorFiles as caddyFiles } from "../src/caddy/door-files.ts";
import { doorFiles as haproxyFiles } from "../src/haproxy/door-files.ts";
import { docker } from "./docker.ts";
import { doorImages, isHaproxy, openStage, type Stage } from "./stage.ts";

const mayMount = spawnSync("unshare", ["--mount", "true"], { stdio: "ignore" }).status === 0;

const before: DoorRouting = { stable: "blue", share: 0, salt: 7 };
const after: DoorRouting = { stable: "green", share: 99.99, salt: 4711, testers: true };

/** All that a door keeps its routing in, on a disk of its own that has no room any more. */
async function doorOnFullDisk(stage: Stage, image: string) {
  const disk = await mkdtemp(join(tmpdir(), "sluice-traffic-"));
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=256k", "tmpfs", disk]);
  const directories = isHaproxy(image) ? ["/var/lib/haproxy"] : ["/var/lib/sluice", "/run/sluice"];
  const mounts = directories.map((path) => `${join(disk, path)}:${path}`);
  for (const path of directories) await mkdir(join(disk, path), { recursive: true });
  const { name } = await stage.startDoor(stage.spec(), before, { mounts });
  onTestFinished(async () => {
    await docker("rm", "-f", "-v", name);
    execFileSync("umount", [disk]);
    await rm(disk, { recursive: true });
  });
  await answering(stage, name);
  const filler = join(disk, "filler");
  const fill = async () => {
    for (;;) await appendFile(filler, Buffer.alloc(4_096));
  };
  const file = join(disk, (isHaproxy(image) ? haproxyFiles : caddyFiles).routing);
  return { name, file, fill: () => expect(fill()).rejects.toMatchObject({ code: "ENOSPC" }), free: () => rm(filler) };
}

const answering = (stage: Stage, door: string) =>
  expect.poll(() => stage.router.routing(door).catch(() => null), { timeout: 20_000 }).not.toBeNull();

describe.skipIf(!mayMount).each(await doorImages())("on a full disk, users of %s", (image) => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage(image);
  });
  afterAll(() => stage[Symbol.asyncDispose]());

  test("are counted on, and led elsewhere, and still are where the door starts anew", async () => {
    const { name, fill, free } = await doorOnFullDisk(stage, image);
    const leads = async (routing: DoorRouting) => {
      await stage.router.setRouting(name, routing);
      expect(await stage.router.routing(name)).toEqual(routing);
      await docker("restart", "-t", "1", name);
      await answering(stage, name);
      expect(await stage.router.routing(name)).toEqual(routing);
    };
    const { epoch } = await stage.router.traffic(name);
    await fill();
    for (let look = 0; look < 2; look += 1) expect((await stage.router.traffic(name)).epoch).toBe(epoch);
    await leads(after);
    await leads(before);
    await free();
    await leads(after);
  });

  test("are led elsewhere also where that cannot be kept for its next start, which is told", async () => {
    const { name, file, fill, free } = await doorOnFullDisk(stage, image);
    // As on file systems that never write to where something is: there is nothing to write over.
    await truncate(file, 0);
    await truncate(file, 4_096);
    await fill();
    await expect(stage.router.setRouting(name, after)).rejects.toMatchObject({
      code: "DISK_FULL",
      message: expect.stringContaining("leads users by green:9999:4711:testers"),
      hint: expect.stringContaining("docker builder prune"),
    });
    expect(await stage.router.routing(name)).toEqual(after);
    await free();
    await stage.router.setRouting(name, before);
    expect(await stage.router.routing(name)).toEqual(before);
  });
});

import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { type SecondEngine, startSecondEngine, whyNoSecondEngine } from "@sluice/testing/second-engine";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openProject, type Project, patience } from "./harness.ts";

const run = promisify(execFile);
const reason = whyNoSecondEngine();

const config = `services:
  web:
    health: { path: / }
traffic:
  drain: { timeout: 1s }
preflight: { minFreeDisk: 1MB }
rollout:
  steps: [100]
  bake: 0s
`;
const compose = (version: string) => `services:
  web:
    image: sluice-test/node:24
    command: [node, -e, "require('http').createServer((q, r) => r.end('${version}')).listen(8080)"]
    ports: ["\${SHOP_PORT}:8080"]
`;

describe.skipIf(reason !== "")(`a machine of one disk that is full ${reason}`, () => {
  let disk: string;
  let engine: SecondEngine;
  let project: Project;

  beforeAll(async () => {
    const place = await mkdtemp("/var/tmp/sluice-full-disk-");
    disk = join(place, "disk");
    await mkdir(disk);
    await run("truncate", ["--size=1G", `${disk}.img`]);
    await run("mkfs.ext4", ["-q", "-b", "4096", `${disk}.img`]);
    await run("mount", ["-o", "loop", `${disk}.img`, disk]);
    for (const name of ["docker", "tmp"]) await mkdir(join(disk, name));
    // As on most machines, the engine's disk is that of `/tmp`, and of the state home.
    const script = `mount --bind ${disk}/docker /var/lib/docker\nmount --bind ${disk}/tmp /tmp`;
    const beside = { prepare: async () => undefined, script };
    engine = await startSecondEngine({ images: ["sluice-test/node:24", "sluice/door:3.0"], beside });
    project = await openProject(config, { DOCKER_HOST: engine.host, SLUICE_HOME: join(disk, "home") });
    for (const tag of ["v1", "v2"]) {
      await project.release(tag, { "docker-compose.yml": compose(tag) });
      await project.sluice(0, "deploy", "--release", tag);
    }
  }, patience.timeout);
  afterAll(async () => {
    await project?.[Symbol.asyncDispose]();
    await engine?.[Symbol.asyncDispose]();
    await run("umount", [disk]);
    await rm(join(disk, ".."), { recursive: true });
  }, patience.timeout);

  it("leads its users back", patience, async () => {
    const served = async () => (await fetch(`http://${engine.address}:${project.port}/`)).text();
    expect(await served()).toBe("v2");
    await expect(run("dd", ["if=/dev/zero", `of=${disk}/filler`, "bs=4k"])).rejects.toThrow("No space left");
    await expect(engine.docker("run", "--rm", "sluice-test/node:24", "true")).rejects.toThrow("no space left");
    await project.sluice(0, "rollback", "--reason", "v2 is bad");
    expect(await served()).toBe("v1");
  });
});

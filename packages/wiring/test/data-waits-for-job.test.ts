import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { removeStack, uniqueStackName } from "@sluice/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDeployer, type Deployer } from "../src/index.ts";
import { askedUntilReady } from "./support/asked-until-ready.ts";
import { docker } from "./support/postgres.ts";

const signal = new AbortController().signal;
const release = (tag: string) => ({ tag, commit: null, dirty: true, source: "option" }) as const;

const image = "sluice-test/busybox";
const shell = (script: string) => ({ image, init: true, entrypoint: ["sh", "-c"], command: [script] });
const ended = { condition: "service_completed_successfully" };

/** Data that ends at once without what a job makes, and keeps what it found of it when it started. */
const compose = (version: string) => ({
  services: {
    search: {
      ...shell(
        "test -f /certs/key && mkdir /www && cp /certs/key /www/key && exec busybox httpd -f -p 9200 -h /www || exit 3",
      ),
      environment: { VERSION: version },
      volumes: ["certs:/certs:ro", "found:/found"],
      depends_on: { certs: ended },
      healthcheck: {
        test: ["CMD", "wget", "-qO-", "http://127.0.0.1:9200/key"],
        ...askedUntilReady,
      },
    },
    // Writes a line for each time that it runs.
    certs: { ...shell("echo key >> /certs/key"), volumes: ["certs:/certs"] },
    fill: {
      ...shell("wget -qO- http://search:9200/key | grep -q key && echo filled >> /found/fills"),
      volumes: ["found:/found"],
      depends_on: { search: { condition: "service_healthy" } },
    },
    web: {
      ...shell("exec busybox httpd -f -p 8080 -h /etc"),
      ports: ["8080"],
      depends_on: { fill: ended },
      healthcheck: {
        test: ["CMD", "wget", "-qO-", "http://127.0.0.1:8080/hosts"],
        ...askedUntilReady,
      },
    },
  },
  volumes: { certs: {}, found: {} },
});
const config = {
  services: { search: { role: "data" }, web: { role: "web", port: 8080 } },
  rollout: { steps: [100], bake: "0s" },
  analysis: { enabled: false },
};

let directory: string;
const stack = uniqueStackName("waits");
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), `${stack}-`));
  await writeFile(join(directory, "sluice.yaml"), JSON.stringify(config));
});
afterAll(async () => {
  await removeStack(stack);
  await rm(directory, { recursive: true, force: true });
});

const open = (): Deployer =>
  createDeployer({ stack, directory, stateHome: join(directory, "home"), env: process.env, actor: "ada" });

async function deploy(tag: string, version: string) {
  await writeFile(join(directory, "compose.yaml"), JSON.stringify(compose(version)));
  await using deployer = open();
  return await deployer.deploy({ release: release(tag) }, signal);
}

const search = `${stack}-search-1`;
const linesOf = async (path: string) => (await docker("exec", search, "cat", path)).trim().split("\n").length;
const idOf = async () => (await docker("inspect", "--format", "{{.Id}}", search)).trim();

// One after the other: each begins where the one before it ended.
describe("data that cannot start without what a job makes", () => {
  it("is made after the job in a first deployment, and before the jobs that need it", async () => {
    expect(await deploy("v1", "1")).toMatchObject({ outcome: "live" });
    expect(await linesOf("/www/key")).toBe(1);
    expect(await linesOf("/found/fills")).toBe(1);
  });

  it("is left alone by a deployment that does not change it, and the job runs in its usual place", async () => {
    const before = await idOf();
    expect(await deploy("v2", "1")).toMatchObject({ outcome: "live" });
    expect(await idOf()).toBe(before);
    expect([await linesOf("/www/key"), await linesOf("/certs/key"), await linesOf("/found/fills")]).toEqual([1, 2, 2]);
  });

  it("is changed after the job of the new release", async () => {
    const before = await idOf();
    expect(await deploy("v3", "2")).toMatchObject({ outcome: "live" });
    expect(await idOf()).not.toBe(before);
    expect([await linesOf("/www/key"), await linesOf("/found/fills")]).toEqual([3, 3]);
  });

  it("leaves no container of a job", async () => {
    const names = await docker("ps", "-a", "--format", "{{.Names}}");
    expect(names.split("\n").filter((name) => name.startsWith(stack) && /certs|fill/.test(name))).toEqual([]);
  });
});

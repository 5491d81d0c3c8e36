import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { removeStack, uniqueStackName } from "@sluice/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createDeployer, type Deployer } from "../src/index.ts";
import { askedUntilReady } from "./support/asked-until-ready.ts";
import { docker } from "./support/postgres.ts";

const signal = new AbortController().signal;
const release = (tag: string) => ({ tag, commit: null, dirty: true, source: "option" }) as const;

const shell = (script: string) => ({
  image: "sluice-test/busybox",
  init: true,
  entrypoint: ["sh", "-c"],
  command: [script],
});
const compose = (work: string) => ({
  services: {
    web: {
      ...shell("exec busybox httpd -f -p 8080 -h /etc"),
      ports: ["8080"],
      healthcheck: { test: ["CMD", "wget", "-qO-", "http://127.0.0.1:8080/hosts"], ...askedUntilReady },
    },
    worker: { ...shell(work), restart: "always" },
  },
});
const config = {
  services: { web: { role: "web", port: 8080 }, worker: { role: "worker", strategy: "slots" } },
  rollout: { steps: [100], bake: "30s" },
  analysis: { enabled: false },
};

let directory: string;
const stack = uniqueStackName("dying");
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
const checkOut = (work: string) => writeFile(join(directory, "compose.yaml"), JSON.stringify(compose(work)));
const workers = async () =>
  (await docker("ps", "--filter", `name=^${stack}-(blue|green)-worker-`, "--format", "{{.Names}}")).trim();

// It is ready by then, as nothing asks a worker without a health check for more than to run for 3 s.
it("a worker that dies 5 s after each start is not promoted, and the one before works again", {
  timeout: 240_000,
}, async () => {
  await checkOut("while true; do sleep 1; done");
  await using deployer = open();
  expect(await deployer.deploy({ release: release("v1") }, signal)).toMatchObject({ outcome: "live" });
  expect(await workers()).toBe(`${stack}-blue-worker-1`);
  await checkOut("sleep 5; echo no broker; exit 3");
  await using next = open();
  expect(await next.deploy({ release: release("v2") }, signal)).toMatchObject({
    outcome: "rolled-back",
    serving: { tag: "v1" },
    error: {
      code: "ANALYSIS_FAILED",
      message: expect.stringMatching(/^workers run: \S+-green-worker-1 (?:ended and was restarted|exited with code 3)/),
    },
  });
  expect(await workers()).toBe(`${stack}-blue-worker-1`);
});

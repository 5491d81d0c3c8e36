import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { removeStack, uniqueStackName } from "@sluice/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createDeployer } from "../src/index.ts";
import { askedUntilReady } from "./support/asked-until-ready.ts";
import { docker } from "./support/postgres.ts";

const signal = new AbortController().signal;
const release = (tag: string) => ({ tag, commit: null, dirty: true, source: "option" }) as const;
const shell = (script: string) => ({ image: "sluice-test/busybox", init: true, command: ["sh", "-c", script] });

const web = {
  ...shell("exec busybox httpd -f -p 8080 -h /etc"),
  profiles: ["prod"],
  ports: ["8080"],
  healthcheck: { test: ["CMD", "wget", "-qO-", "http://127.0.0.1:8080/hosts"], ...askedUntilReady },
};
const worker = { ...shell("sleep 600"), profiles: ["prod", "jobs"] };
const config = {
  services: { web: { role: "web", port: 8080 }, worker: { role: "worker" } },
  rollout: { steps: [100], bake: "0s" },
  analysis: { enabled: false },
};

let directory: string;
const stack = uniqueStackName("profiles");
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), `${stack}-`));
  await writeFile(join(directory, "sluice.yaml"), JSON.stringify(config));
  await writeFile(join(directory, "compose.yaml"), JSON.stringify({ services: { web, worker } }));
});
afterAll(async () => {
  await removeStack(stack);
  await rm(directory, { recursive: true, force: true });
});

const open = () =>
  createDeployer({ stack, directory, stateHome: join(directory, "home"), env: process.env, actor: "ada" });
const withProfiles = (text: string) => writeFile(join(directory, ".env"), text);
const running = async () =>
  (await docker("ps", "--filter", `name=^${stack}-`, "--format", "{{.Names}} {{.ID}}")).trim().split("\n").toSorted();

it("what only a `.env` makes active is not lost where that is not there, and a deployment of nothing is none", async () => {
  await using deployer = open();
  const nothing = { code: "PREFLIGHT_FAILED", message: expect.stringMatching(/under profiles \(prod, jobs\)/) };
  await expect(deployer.plan({ release: release("v1") }, signal)).rejects.toMatchObject(nothing);
  await withProfiles("COMPOSE_PROFILES=prod\n");
  await using first = open();
  expect(await first.deploy({ release: release("v1") }, signal)).toMatchObject({ outcome: "live" });
  const before = await running();

  await rm(join(directory, ".env"));
  await using second = open();
  await expect(second.plan({ release: release("v2") }, signal)).rejects.toMatchObject(nothing);
  await expect(second.deploy({ release: release("v2"), acceptDropped: true }, signal)).rejects.toMatchObject(nothing);
  await withProfiles("COMPOSE_PROFILES=jobs\n");
  await using third = open();
  const lost = {
    code: "PREFLIGHT_FAILED",
    message: expect.stringMatching(/^web is part .* under profile prod, which/),
  };
  await expect(third.plan({ release: release("v2") }, signal)).rejects.toMatchObject(lost);
  await expect(third.deploy({ release: release("v2") }, signal)).rejects.toMatchObject(lost);
  expect(await running()).toEqual(before);
  const { plan } = await third.plan({ release: release("v2"), acceptDropped: true }, signal);
  expect(plan.steps.map(({ kind, target }) => `${kind} ${target}`)).toContain("close door web");
});

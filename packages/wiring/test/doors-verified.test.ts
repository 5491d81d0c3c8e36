import { writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { stops } from "@sluice/core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { askedUntilReady } from "./support/asked-until-ready.ts";
import { type ComposeProject, startComposeProject } from "./support/compose-project.ts";
import { docker } from "./support/postgres.ts";

const signal = new AbortController().signal;
const release = (tag: string, commit: string) =>
  ({ tag, commit: commit.repeat(40), dirty: false, source: "option" }) as const;
const served = (ports: readonly string[]) => ({
  image: "sluice-test/busybox",
  command: ["httpd", "-f", "-p", "8080"],
  init: true,
  stop_grace_period: "1s",
  healthcheck: { test: ["CMD", "nc", "127.0.0.1", "8080", "-e", "true"], ...askedUntilReady },
  ports,
});
const compose = (ofAdmin: readonly string[]) => ({ services: { web: served(["8080"]), admin: served(ofAdmin) } });
const config = {
  services: { web: { role: "web", port: 8080 }, admin: { role: "web", port: 8080 } },
  rollout: { steps: [100], bake: "0s" },
  analysis: { enabled: false },
  traffic: { drain: { timeout: "1s" } },
};

let project: ComposeProject;
beforeAll(async () => {
  project = await startComposeProject("doors", { compose: compose(["127.0.0.1::8080"]), config });
}, 60_000);
afterAll(() => project?.[Symbol.asyncDispose]());

const door = () => docker("ps", "-aq", "--filter", `name=^${project.stack}-door-admin$`);
const failures = async () =>
  (await project.deployer.verify(signal)).filter(stops).map(({ check, value, detail }) => [check, value, detail]);

// One after the other: each goes on from what the one before has left.
it("a door that does not run, or that nobody comes to, is not verified, and the other one is", async () => {
  expect(await project.deployer.deploy({ release: release("v1", "1") }, signal)).toMatchObject({ outcome: "live" });
  const verdicts = await project.deployer.verify(signal);
  expect(verdicts.map(({ check, result }) => `${check}: ${result}`)).toEqual(
    expect.arrayContaining(["door web: pass", "door admin: pass"]),
  );
  const id = await door();
  await docker("stop", "-t", "1", id);
  expect(await failures()).toEqual([["door admin", "stopped", expect.stringContaining(`docker start ${id}`)]]);
  await docker("start", id);
  expect(await failures()).toEqual([]);
  await docker("network", "disconnect", `${project.stack}_default`, id);
  expect(await failures()).toEqual([["door admin", "cut off", expect.stringContaining("sluice deploy")]]);
  expect(await project.deployer.deploy({ release: release("v1", "1") }, signal)).toMatchObject({ exitCode: 0 });
  expect(await failures()).toEqual([]);
}, 120_000);

it("a port that something else on the machine has refuses a deployment, and leaves all as it is", async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  const id = await door();
  try {
    await writeFile(join(project.directory, "compose.yaml"), JSON.stringify(compose([`127.0.0.1:${port}:8080`])));
    await using deployer = await project.open(config);
    await expect(deployer.deploy({ release: release("v2", "2") }, signal)).rejects.toMatchObject({
      code: "PREFLIGHT_FAILED",
      exitCode: 10,
      message: expect.stringContaining(`port 127.0.0.1:${port}, which admin publishes, is held by`),
    });
    expect((await deployer.releases()).map(({ tag, broken }) => [tag, broken])).toEqual([["v1", undefined]]);
    expect(await door()).toBe(id);
    server.close();
    const { plan } = await deployer.plan({ release: release("v2", "2") }, signal);
    expect(plan.steps).toContainEqual(expect.objectContaining({ kind: "door", service: "admin" }));
  } finally {
    server.close();
  }
}, 120_000);

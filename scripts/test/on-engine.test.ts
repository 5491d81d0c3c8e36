import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { freePort, removeStack, uniqueStackName } from "@sluice/testing";
import { createDeployer } from "@sluice/wiring";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Checkout, openCheckout } from "./support/checkout.ts";

const config = (staging: string, home: string) => `checks: [{ service: web, http: { path: / } }]
services: { db: { startTimeout: 3m }, web: { startTimeout: 2m } }
traffic: { drain: { timeout: 2s } }
rollout: { steps: [100], bake: 0s }
database: { service: db, beforeDeploy: none }
environments:
  production:
    promotion: { stack: ${staging}, stateHome: ${home}, minimumTime: 30m }
  guarded:
    database: { service: db, beforeDeploy: taken }
`;
const compose = `services:
  web:
    build: { context: ., dockerfile: build/Dockerfile }
    ports: ["127.0.0.1:\${WEB_PORT}:3000"]
    init: true
    # Without one each start is watched for 3 s.
    healthcheck:
      test: [CMD, node, -e, "fetch('http://127.0.0.1:3000/').then(() => process.exit(0), () => process.exit(1))"]
      interval: 30s
      start_period: 30s
      start_interval: 1s
  db:
    image: sluice-test/postgres:15
    environment: { POSTGRES_PASSWORD: of-this-test }
`;
const web = `import { createServer } from "node:http";
createServer((request, response) => response.end("ok")).listen(3000);
`;
const dockerfile = `FROM sluice-test/node:24
COPY web.mjs .
CMD ["node", "web.mjs"]
`;

// One after the other: each begins where the one before it ended.
describe("on an engine, for real,", () => {
  const patience = { timeout: 240_000 };
  const staging = uniqueStackName("staging");
  const production = uniqueStackName("production");
  let checkout: Checkout;
  let env: Readonly<Record<string, string | undefined>>;
  const homeOf = (stack: string) => join(checkout.directory, ".git", stack);
  const imageOf = async (stack: string) => {
    const args = ["inspect", "--format", "{{.Image}}", `${stack}-blue-web-1`];
    return (await promisify(execFile)("docker", args)).stdout.trim();
  };
  const deployer = (stack: string, environment?: string) =>
    createDeployer({ directory: checkout.directory, env, stack, environment, stateHome: homeOf(stack), actor: "t" });

  beforeAll(async () => {
    checkout = await openCheckout();
    const [stagingPort, productionPort] = [await freePort(), await freePort()];
    const { PATH, HOME, DOCKER_HOST } = process.env;
    env = { PATH, HOME, DOCKER_HOST, WEB_PORT: String(stagingPort) };
    await checkout.write({
      "sluice.yaml": config(staging, homeOf(staging)),
      "compose.yml": compose,
      "web.mjs": web,
      ".gitignore": "build\nsummary\noutput\n",
      "build/Dockerfile": dockerfile,
    });
    await checkout.release("v1");
    await using stage = deployer(staging);
    const release = { tag: "v1", commit: await commit(), dirty: false, source: "option" as const };
    const { outcome } = await stage.deploy({ release }, AbortSignal.timeout(200_000));
    if (outcome !== "live") throw new Error(`the deployment to staging ended ${outcome}`);
    // From here on a build fails, and git does not see why.
    await checkout.write({ "build/Dockerfile": "FROM sluice-test/node:24\nRUN exit 1\n" });
    env = {
      ...env,
      WEB_PORT: String(productionPort),
      STACK_NAME: production,
      SLUICE_HOME: homeOf(production),
      GITHUB_OUTPUT: join(checkout.directory, "output"),
      GITHUB_STEP_SUMMARY: join(checkout.directory, "summary"),
    };
  }, patience.timeout);
  afterAll(async () => {
    await removeStack(staging);
    await removeStack(production);
    await checkout?.[Symbol.asyncDispose]();
  }, patience.timeout);

  const commit = async () =>
    (await promisify(execFile)("git", ["rev-parse", "HEAD"], { cwd: checkout.directory })).stdout.trim();
  const from = () => ({ STAGING_STACK: staging, STAGING_SLUICE_HOME: homeOf(staging) });

  it("an environment takes nothing that has not proven itself in the one before", patience, async () => {
    await using next = deployer(production, "production");
    const release = { tag: "v1", commit: await commit(), dirty: false, source: "option" as const };
    await expect(next.deploy({ release }, AbortSignal.timeout(60_000))).rejects.toMatchObject({
      code: "RELEASE_REFUSED",
      message: `v1 is not proven: v1 has not served in ${staging} for 30 minutes`,
    });
    const elsewhere = await checkout.run("promote.ts", { ...env, ...from(), STAGING_SLUICE_HOME: "/nowhere" });
    expect(elsewhere).toMatchObject({ code: 10, stderr: expect.stringContaining("no state home at /nowhere") });
  });

  it("the promotion runs the very images of staging, and builds nothing", patience, async () => {
    const { code, stdout, stderr } = await checkout.run("promote.ts", { ...env, ...from(), MINIMUM_MINUTES: "0" });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain(`the images that ${staging} has proven are used: nothing is built`);
    expect(stdout).not.toContain('"source":"build"');
    expect(await imageOf(production)).toBe(await imageOf(staging));
    expect(await readFile(join(checkout.directory, "output"), "utf8")).toBe("outcome=live\n");
    // Each stack keeps them under a tag of its own: what staging prunes, production still has.
    const { stdout: tags } = await promisify(execFile)("docker", [
      "image",
      "inspect",
      "--format",
      "{{.RepoTags}}",
      await imageOf(production),
    ]);
    expect(tags).toContain(`sluice/${production}-web:v1`);
    expect(tags).toContain(`sluice/${staging}-web:v1`);
    await using there = deployer(production);
    expect((await there.history()).at(-1)).toMatchObject({ start: { reason: `release v1, promoted from ${staging}` } });
  });

  it("the gate is closed while there is no backup; the drill takes one, and proves it", patience, async () => {
    // Who says that none is taken before a deployment may have backups of another kind.
    const closed = await checkout.run("release-gate.ts", { ...env, SLUICE_ENVIRONMENT: "guarded" });
    expect(closed).toMatchObject({ code: 10, stdout: expect.stringContaining("sluice db backup --verify") });
    expect(await readFile(join(checkout.directory, "output"), "utf8")).toContain("open=false\n");
    const { code, stdout, stderr } = await checkout.run("backup-drill.ts", env);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/backup \S+ is proven: taken in/);
    expect(await readFile(join(checkout.directory, "output"), "utf8")).toMatch(/backup=\S+\n/);
  });

  it("the gate is open then", patience, async () => {
    const { code, stdout } = await checkout.run("release-gate.ts", env);
    expect({ code, stdout: code === 0 ? "" : stdout }).toEqual({ code: 0, stdout: "" });
    expect(await readFile(join(checkout.directory, "output"), "utf8")).toContain("open=true\nsteps=0\n");
    expect(await readFile(join(checkout.directory, "summary"), "utf8")).toContain("v1 may be deployed");
  });
});

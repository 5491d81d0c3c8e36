import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { docker } from "./engine.ts";
import { gapLimitMs } from "./gap-limit.ts";
import { openShop, patience, type Shop } from "./harness.ts";
import { startLoad, versionsSeen } from "./load.ts";
import { missingNewestCompose, newestCompose } from "./newest-compose.ts";

describe("a project that plain Compose runs is adopted with one short gap, and loses no request from then on", () => {
  it("with the Compose of this machine", patience, () => adopts({}));
  it.skipIf(missingNewestCompose)(`with the newest to be had${missingNewestCompose}`, patience, () =>
    adopts({ DOCKER_CONFIG: newestCompose }),
  );
});

async function adopts(env: Readonly<Record<string, string>>): Promise<void> {
  await using shop = await openShop("", env);
  await shop.release("v1");
  await plainUp(shop);
  const database = await docker("inspect", "--format", "{{.Id}} {{.State.StartedAt}}", `${shop.stack}-db-1`);

  const limitMs = await gapLimitMs();
  const load = startLoad(shop.url);
  await shop.release("v2");
  const adopted = await shop.sluice(0, "deploy", "--release", "v2");
  const seen = await load.stop();
  const plan = adopted.events.find((event) => event.type === "plan");
  expect(plan).toMatchObject({ text: expect.stringContaining("one short gap") as string });
  expect(seen.longestGapMs).toBeLessThan(limitMs);
  expect(await versionsSeen(shop.url)).toEqual(["v2"]);
  expect(await docker("inspect", "--format", "{{.Id}} {{.State.StartedAt}}", `${shop.stack}-db-1`)).toBe(database);

  const after = startLoad(shop.url);
  await shop.release("v3");
  await shop.sluice(0, "deploy", "--release", "v3");
  expect((await after.stop()).failures).toEqual([]);
  expect(await versionsSeen(shop.url)).toEqual(["v3"]);
}

async function plainUp({ stack, checkout, env }: Shop): Promise<void> {
  const args = ["compose", "--project-name", stack, "up", "-d", "--build", "--wait"];
  await promisify(execFile)("docker", args, { cwd: checkout, env });
}

import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { containersOf } from "./engine.ts";
import { openExampleShop, patience, type Shop } from "./harness.ts";
import { startLoad, versionsSeen } from "./load.ts";

// One after the other: each scenario begins where the one before it ended.
describe("a shop with a version that serves", () => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await openExampleShop();
    await shop.release("v1");
    await shop.sluice(0, "deploy", "--release", "v1");
  }, patience.timeout);
  afterAll(async () => shop?.[Symbol.asyncDispose](), patience.timeout);

  it("loses no request to a new version, and shows it to some users before all", patience, async () => {
    const load = startLoad(shop.url);
    await shop.release("v2");
    const { events } = await shop.sluice(0, "deploy", "--release", "v2");
    const { failures, versions } = await load.stop();
    expect(events.at(-1)).toMatchObject({ type: "deployment-end", outcome: "live", serving: { tag: "v2" } });
    expect(failures).toEqual([]);
    expect(Object.keys(versions).toSorted()).toEqual(["v1", "v2"]);
    expect(await versionsSeen(shop.url)).toEqual(["v2"]);
  });

  it("has no container touched by a deployment of what is live", patience, async () => {
    const before = await containersOf(shop.stack);
    const { events } = await shop.sluice(0, "deploy", "--release", "v2");
    expect(events.at(-1)).toMatchObject({ outcome: "nothing-to-do", serving: { tag: "v2" } });
    expect(before.length).toBeGreaterThan(4);
    expect(await containersOf(shop.stack)).toEqual(before);
  });

  it(
    "goes back to the version before, also from a checkout that cannot be resolved, and loses no request",
    patience,
    async () => {
      const composeFile = join(shop.checkout, "docker-compose.yml");
      const written = await readFile(composeFile, "utf8");
      await writeFile(composeFile, `${written}  broken: [\n`);
      const status = await shop.sluice(0, "status");
      expect(JSON.parse(status.stdout)).toMatchObject({ serving: { tag: "v2" }, standIn: { tag: "v2" } });
      const refused = await shop.sluice(2, "deploy", "--release", "v2");
      expect(refused.events.at(-1)).toMatchObject({ outcome: "refused", serving: { tag: "v2" } });
      const load = startLoad(shop.url);
      const { events } = await shop.sluice(0, "rollback");
      const { failures } = await load.stop();
      await writeFile(composeFile, written);
      expect(events.filter(({ type }) => type === "finding")).toMatchObject([{ finding: { code: "stored-project" } }]);
      expect(events.at(-1)).toMatchObject({ outcome: "live", serving: { tag: "v1" } });
      expect(failures).toEqual([]);
      expect(await versionsSeen(shop.url)).toEqual(["v1"]);
    },
  );

  it("keeps serving the old version when a deployment is interrupted", patience, async () => {
    const load = startLoad(shop.url);
    await shop.release("v3");
    const interrupted = shop.start("deploy", "--release", "v3");
    await interrupted.event((event) => event.type === "share-change" && event.share > 0);
    interrupted.process.kill("SIGINT");
    const { exitCode, events, stderr } = await interrupted.done;
    const { failures } = await load.stop();
    expect(exitCode).toBe(130);
    expect(events.at(-1)).toMatchObject({ type: "deployment-end", outcome: "interrupted", serving: { tag: "v1" } });
    expect(stderr).toContain("stopping");
    expect(failures).toEqual([]);
    expect(await versionsSeen(shop.url)).toEqual(["v1"]);
  });

  it("has a record of all that, whose chain holds", patience, async () => {
    await shop.sluice(0, "audit", "verify");
    const { stdout } = await shop.sluice(0, "history");
    const { deployments } = JSON.parse(stdout) as { deployments: { kind: string; tag: string; outcome: string }[] };
    expect(deployments.map(({ kind, tag, outcome }) => `${kind} ${tag} ${outcome}`)).toEqual([
      "deploy v3 interrupted",
      "rollback v1 live",
      "deploy v2 nothing-to-do",
      "deploy v2 live",
      "deploy v1 live",
    ]);
  });
});

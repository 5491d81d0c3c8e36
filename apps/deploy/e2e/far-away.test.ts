import { appendFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { containersOf } from "./engine.ts";
import { type FarEngine, startFarEngine, whyNoFarEngine } from "./far-engine.ts";
import { openExampleShop, patience, type Shop } from "./harness.ts";
import { startLoad, versionsSeen } from "./load.ts";

const careful = ["--env", "careful"];
const reason = whyNoFarEngine();

/** A file of the checkout, which the other machine cannot see. */
const withFile = `services:
  web:
    volumes:
      - ./greeting.txt:/app/greeting.txt:ro
`;

// One after the other: each scenario begins where the one before it ended.
describe.skipIf(reason !== "")(`a stack on another machine, reached through ssh ${reason}`, () => {
  let far: FarEngine;
  let shop: Shop;
  let url = "";
  const release = async (tag: string) => {
    await shop.release(tag);
    await writeFile(join(shop.checkout, "docker-compose.override.yml"), withFile);
    await writeFile(join(shop.checkout, "greeting.txt"), `hello from ${tag}\n`);
    await appendFile(join(shop.checkout, ".git/info/exclude"), "docker-compose.override.yml\ngreeting.txt\n");
  };
  beforeAll(async () => {
    far = await startFarEngine();
    shop = await openExampleShop("", far.env);
    url = `http://${far.address}:${shop.port}/api/products`;
    await release("v1");
    await shop.sluice(0, "deploy", "--release", "v1", ...careful);
  }, patience.timeout);
  afterAll(async () => {
    await shop?.[Symbol.asyncDispose]();
    await far?.[Symbol.asyncDispose]();
  }, patience.timeout);

  it("gets a new version after a proven backup, and loses no request to it", patience, async () => {
    const load = startLoad(url);
    await release("v2");
    const { events } = await shop.sluice(0, "deploy", "--release", "v2", ...careful);
    const { failures } = await load.stop();
    const steps = events.flatMap((event) => (event.type === "step-end" ? [`${event.kind} ${event.result}`] : []));
    expect(steps).toContain("backup done");
    expect(events.at(-1)).toMatchObject({ outcome: "live", serving: { tag: "v2" } });
    expect(failures).toEqual([]);
    expect(await versionsSeen(url)).toEqual(["v2"]);
  });

  it("has the files of the release, which cannot be mounted from here", patience, async () => {
    const greeting = (slot: string) => far.docker("exec", `${shop.stack}-${slot}-web-1`, "cat", "/app/greeting.txt");
    expect(await greeting("green")).toBe("hello from v2");
    expect(await greeting("blue")).toBe("hello from v1");
  });

  it("shows the log of what serves", patience, async () => {
    const { stdout } = await shop.sluice(0, "logs", "web");
    expect(stdout).toContain("web v2 (good) listens");
    expect(stdout).not.toContain("web v1");
  });

  it("goes back, and loses no request", patience, async () => {
    const load = startLoad(url);
    const { events } = await shop.sluice(0, "rollback");
    const { failures } = await load.stop();
    expect(events.at(-1)).toMatchObject({ outcome: "live", serving: { tag: "v1" } });
    expect(failures).toEqual([]);
    expect(await versionsSeen(url)).toEqual(["v1"]);
  });

  it("has nothing on this machine", patience, async () => {
    expect((await far.docker("ps", "-q")).split("\n").length).toBeGreaterThan(4);
    expect(await containersOf(shop.stack)).toEqual([]);
  });
});

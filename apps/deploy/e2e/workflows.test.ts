import { chmod, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { type JobCall, type RanStep, runJob } from "@sluice/testing/workflows";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openShop, patience, type Shop } from "./harness.ts";
import { startLoad, versionsSeen } from "./load.ts";

const launcher = join(import.meta.dirname, "../bin/sluice.js");

/** What was said where it did not go well: a test that fails shows it. */
function storyOf(status: string, steps: readonly RanStep[]): string {
  return status === "success" ? "" : steps.map(({ name, output }) => `== ${name}\n${output}`).join("\n");
}

// One after the other: each scenario begins where the one before it ended.
describe("the workflows that init writes, on a runner", () => {
  let shop: Shop;
  let workflow: string;
  beforeAll(async () => {
    shop = await openShop();
    await shop.release("v1");
    const bin = join(dirname(shop.checkout), "bin");
    await mkdir(bin);
    const config = join(dirname(shop.checkout), "sluice.yaml");
    await writeFile(
      join(bin, "sluice"),
      `#!/bin/sh\nexec "${process.execPath}" "${launcher}" --config "${config}" "$@"\n`,
    );
    await chmod(join(bin, "sluice"), 0o755);
    await shop.sluice(0, "init", "--workflow");
    workflow = await readFile(join(shop.checkout, ".github/workflows/deploy-production.yml"), "utf8");
    await rm(join(shop.checkout, ".github"), { recursive: true });
  }, patience.timeout);
  afterAll(() => shop?.[Symbol.asyncDispose](), patience.timeout);

  /** A release is published: what the runner then does. */
  const publish = (tag: string, over: Partial<JobCall> = {}) => {
    const directory = dirname(shop.checkout);
    return runJob({
      workflow,
      job: "deploy",
      checkout: shop.checkout,
      directory,
      event: {
        name: "release",
        payload: { action: "published", release: { tag_name: tag, draft: false, prerelease: false } },
      },
      secrets: { STACK_NAME_PRODUCTION: shop.stack },
      env: { ...shop.env, PATH: `${join(directory, "bin")}${delimiter}${shop.env["PATH"]}` },
      ...over,
    });
  };

  it("deploy a published release, with outputs, a summary and a report", patience, async () => {
    const { status, steps } = await publish("v1");
    expect({ status, output: storyOf(status, steps) }).toEqual({ status: "success", output: "" });
    expect(steps.map(({ name }) => name)).toEqual(["Deploy", "What serves now", "Report"]);
    expect(steps[0]?.outputs).toMatchObject({ outcome: "live", serving: "v1" });
    expect(steps[0]?.summary).toContain("v1");
    expect(steps[1]?.output).toContain("v1");
    expect(await versionsSeen(shop.url)).toEqual(["v1"]);
  });

  it.each([
    { tag: "v2", how: "in the times of GitHub", pace: 1 },
    { tag: "v3", how: "faster than anything can be undone", pace: 0.01 },
  ])("leave what can go on when they are cancelled $how, and lose no request", patience, async ({ tag, pace }) => {
    await shop.release(tag);
    const load = startLoad(shop.url);
    const cancelWhen = (output: string) => output.includes("::group::shift");
    const { status, steps } = await publish(tag, { cancelWhen, pace });
    const { failures } = await load.stop();
    expect(status).toBe("cancelled");
    expect(steps.map(({ name, outcome }) => [name, outcome]).slice(0, 3)).toEqual([
      ["Deploy", "cancelled"],
      ["Undo what a cancelled run left", "success"],
      ["What serves now", "success"],
    ]);
    expect(failures).toEqual([]);
    expect(await versionsSeen(shop.url)).toEqual(["v1"]);
    const left = JSON.parse((await shop.sluice(0, "status")).stdout) as object;
    expect(left).toMatchObject({ serving: { tag: "v1", share: 100 }, unfinished: null, lock: null });
  });

  it("leave a record whose chain holds", patience, async () => {
    await shop.sluice(0, "audit", "verify");
  });
});

import { join } from "node:path";
import { uniqueStackName } from "@sluice/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Checkout, openCheckout } from "./support/checkout.ts";

describe("a program", () => {
  let checkout: Checkout;
  beforeAll(async () => {
    checkout = await openCheckout();
    await checkout.write({ "README.md": "a", ".changeset/theirs.md": "what somebody else did" });
    await checkout.release("v1");
    await checkout.git("switch", "-q", "-c", "change");
    await checkout.write({ "packages/core/src/a.ts": "a" });
    await checkout.release("v2");
  });
  afterAll(() => checkout?.[Symbol.asyncDispose]());

  it("runs by itself, and says what a change lacks", async () => {
    expect(await checkout.run("check-changes.ts", { BASE: "main" })).toMatchObject({
      code: 10,
      stdout: expect.stringContaining("packages/core/src/a.ts changes"),
    });
    expect(await checkout.run("check-changes.ts", { BASE: "main", BODY: "no-changeset: a test" })).toMatchObject({
      code: 0,
    });
  });

  it("does not take a changeset that is deleted for one that is brought", async () => {
    await checkout.git("switch", "-q", "-c", "deleting");
    await checkout.git("rm", "-q", ".changeset/theirs.md");
    await checkout.release("v3");
    expect(await checkout.run("check-changes.ts", { BASE: "main" })).toMatchObject({
      code: 10,
      stdout: expect.stringContaining("no changeset"),
    });
    await checkout.write({ ".changeset/mine.md": "what users notice" });
    await checkout.release("v4");
    expect(await checkout.run("check-changes.ts", { BASE: "main" })).toMatchObject({ code: 0 });
    await checkout.git("switch", "-q", "change");
  });

  it.each(["release-gate.ts", "backup-drill.ts", "promote.ts"])(
    "ends with the code of what went wrong: %s",
    async (program) => {
      const { code, stdout, stderr } = await checkout.run(program, {});
      expect(code).toBe(2);
      expect(`${stdout}${stderr}`).toMatch(/compose|configuration|STAGING_STACK/);
    },
  );

  it("knows what is no number of minutes", async () => {
    const { code, stdout } = await checkout.run("promote.ts", { STAGING_STACK: "shop", MINIMUM_MINUTES: "half" });
    expect({ code, stdout }).toEqual({ code: 2, stdout: expect.stringContaining("MINIMUM_MINUTES is half") });
  });

  it.each([
    [true, /no state home at \/nowhere/],
    [false, /prerelease/],
  ])("promotes a prerelease where the configuration allows it (%o), and only there", async (allowed, said) => {
    await checkout.git("switch", "-q", "-c", `prerelease-${allowed}`, "change");
    await checkout.write({
      "sluice.yaml": `releases: { allowPrerelease: ${allowed} }\n`,
      "compose.yml": "services: { web: { image: sluice-test/node:24, ports: ['127.0.0.1:0:3000'] } }\n",
      ".git/event.json": JSON.stringify({
        action: "published",
        release: { tag_name: `v5-${allowed}`, draft: false, prerelease: true },
      }),
    });
    await checkout.release(`v5-${allowed}`);
    const { HOME, DOCKER_HOST } = process.env;
    const { code, stderr } = await checkout.run("promote.ts", {
      HOME,
      DOCKER_HOST,
      STACK_NAME: uniqueStackName("production"),
      SLUICE_HOME: join(checkout.directory, ".git/home"),
      STAGING_STACK: "staging",
      STAGING_SLUICE_HOME: "/nowhere",
      GITHUB_EVENT_PATH: join(checkout.directory, ".git/event.json"),
    });
    expect({ code, stderr }).toEqual({ code: 10, stderr: expect.stringMatching(said) });
  });
});

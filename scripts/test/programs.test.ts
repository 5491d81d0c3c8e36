import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Checkout, openCheckout } from "./support/checkout.ts";

describe("a program", () => {
  let checkout: Checkout;
  beforeAll(async () => {
    checkout = await openCheckout();
    await checkout.write({ "README.md": "a" });
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
});

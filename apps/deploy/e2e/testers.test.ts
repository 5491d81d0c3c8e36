import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openShop, patience, type Shop } from "./harness.ts";
import { versionsSeen } from "./load.ts";

describe("a release that nobody uses yet", () => {
  let shop: Shop;

  beforeAll(async () => {
    shop = await openShop();
    await shop.release("v1");
    await shop.sluice(0, "deploy", "--release", "v1", "--env", "testing");
  }, patience.timeout);
  afterAll(() => shop?.[Symbol.asyncDispose](), patience.timeout);

  const seenBy = async (release: string) => {
    const answer = await fetch(`${shop.url}/version`, { headers: { "x-release": release, connection: "close" } });
    return answer.headers.get("x-version");
  };

  it("is met by testers first, and judged by requests of our own", patience, async () => {
    await shop.release("v2");
    const deploying = shop.start("deploy", "--release", "v2", "--env", "testing");
    await deploying.event((event) => event.type === "person-wanted");
    expect([await seenBy("next-1234"), await seenBy("next-123"), ...(await versionsSeen(shop.url))]).toEqual([
      "v2",
      "v1",
      "v1",
    ]);
    await shop.sluice(0, "traffic", "approve");
    const { exitCode, events } = await deploying.done;
    expect(exitCode).toBe(0);
    const judged = events.flatMap((event) =>
      event.type === "verdict" && event.verdict.check === "errors of probes" ? [event.verdict] : [],
    );
    expect(judged).toMatchObject([{ result: "no-data" }, { result: "no-data" }]);
    expect(judged[0]?.n).toBeGreaterThanOrEqual(4);
    expect(judged[0]?.value).toBe("0 % errors");
    // Promoted, it is everybody's, and what is beside it now is nobody's.
    expect([await seenBy("next-1234"), ...(await versionsSeen(shop.url))]).toEqual(["v2", "v2"]);
  });
});

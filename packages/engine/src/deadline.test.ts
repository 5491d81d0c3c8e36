import { createFakeClock } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import { problemsOf, serves } from "../test/support/enumerate.ts";
import { aScenario } from "../test/support/scenario.ts";
import { settle } from "./deadline.ts";

describe("work under a signal", () => {
  it("may end in good order after the signal, and is left behind when it does not", async () => {
    const clock = createFakeClock();
    const stop = new AbortController();
    const inTime = settle(
      clock,
      stop.signal,
      clock.sleep(2_000).then(() => "done"),
    );
    const late = settle(clock, stop.signal, new Promise(() => {}));
    stop.abort(new Error("enough"));
    await expect(late).rejects.toThrow("enough");
    await expect(inTime).resolves.toBe("done");
  });
});

describe("whichever effect of a deployment hangs", () => {
  it("its step ends at the deadline and users stay with the previous", { timeout: 60_000 }, async () => {
    const wrong: string[] = [];
    let hung = 0;
    for (let at = 1; ; at++) {
      const scenario = aScenario();
      await scenario.deploy("v1");
      scenario.world.restart();
      let effect = "";
      scenario.world.calls.fault = ({ index, name }) => {
        // The journal is a local file, and before the first record nothing has begun.
        if (index !== at || name.startsWith("journal.") || index < 11) return undefined;
        effect = name;
        return "hang";
      };
      if (scenario.world.calls.log.length > 0) throw new Error("the count must begin with the deployment");
      const result = await Promise.race([scenario.deploy("v2"), scenario.world.clock.sleep(4 * 3_600_000)]);
      if (at > scenario.world.calls.log.length) break;
      if (effect === "") continue;
      hung += 1;
      if (!result) wrong.push(`${at} ${effect}: the deployment never ended`);
      const isPromoted = scenario.world.calls.log.slice(0, at).includes("journal.append step-outcome promote-1");
      const isEnding = isPromoted || effect === "observer.observe" || effect === "bundles.list";
      const served = result && result.outcome === "live" ? "v2" : "v1";
      // Nobody can give it an order then, or nobody knows the memory; it is said, and stops nothing.
      // Nor does it matter that nobody says whose the stack is now: what moves users next learns that the engine is silent.
      const isAside = effect === "orders.open" || effect === "observer.memory" || effect === "base.claim shop";
      if (!isEnding && !isAside && served === "v2") wrong.push(`${at} ${effect}: live although it hung`);
      wrong.push(
        ...[...(await problemsOf(scenario)), ...serves(scenario, served)].map((text) => `${at} ${effect}: ${text}`),
      );
    }
    expect(wrong.slice(0, 8)).toEqual([]);
    expect(hung).toBeGreaterThan(20);
  });
});

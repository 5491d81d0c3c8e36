import { describe, expect, it } from "vitest";
import { aScenario, type RunParts, reached, type Scenario } from "../../test/support/scenario.ts";

const shop = "https://github.com/acme/shop";
/** Of a run that a published release has started. */
const byRun = (id: number, { of = shop, commit }: { of?: string; commit?: string } = {}): RunParts => ({
  run: `${of}/actions/runs/${id}`,
  request: { source: "event", ...(commit ? { commit } : {}) },
});
const failing = async (scenario: Scenario, tag: string, parts: RunParts) => {
  scenario.world.calls.fault = ({ name }) =>
    name.startsWith("slots.start") ? new Error("the disk is full") : undefined;
  expect((await scenario.deploy(tag, parts)).outcome).not.toBe("live");
  scenario.world.calls.fault = () => undefined;
};
const ending = (run: Promise<{ readonly outcome: string }>) =>
  run.then(
    ({ outcome }) => outcome,
    ({ code, message }: { code: string; message: string }) => `${code}: ${message}`,
  );

describe("a run that is run again", () => {
  it("is refused where a release that was asked for later was live, also where that was left", async () => {
    const scenario = aScenario();
    await scenario.deploy("v1.0", byRun(50));
    await failing(scenario, "v1.1", byRun(100));
    await scenario.deploy("v1.2", byRun(200));
    const refused = "RELEASE_REFUSED: run 100 asks for v1.1, and run 200 asked for v1.2 later, which went live";
    expect(await ending(scenario.deploy("v1.1", byRun(100)))).toBe(refused);
    expect(reached(scenario)).toMatchObject({ web: ["v1.2"] });
    await scenario.rollback();
    expect(reached(scenario)).toMatchObject({ web: ["v1.0"] });
    expect(await ending(scenario.deploy("v1.1", byRun(100)))).toBe(refused);
  });

  it("goes on where nothing that was asked for later was live", async () => {
    const scenario = aScenario();
    await scenario.deploy("v1.0", byRun(50));
    await failing(scenario, "v1.1", byRun(100));
    await failing(scenario, "v1.2", byRun(200));
    expect(await ending(scenario.deploy("v1.1", byRun(100)))).toBe("live");
    expect(await ending(scenario.deploy("v1.2", byRun(200)))).toBe("live");
  });

  it("is refused where its release was left, by whomever", async () => {
    for (const going of [{}, byRun(300)]) {
      const scenario = aScenario();
      await scenario.deploy("v1.1", byRun(100));
      await scenario.deploy("v1.2", byRun(200));
      await scenario.rollback(undefined, going);
      expect(await ending(scenario.deploy("v1.2", byRun(200)))).toBe(
        "RELEASE_REFUSED: run 200 had made v1.2 live already, and it was left since",
      );
      // What serves again is no older release over a newer one.
      expect(await ending(scenario.deploy("v1.1", byRun(100)))).toBe("nothing-to-do");
    }
  });

  it("goes on after somebody went back whom it did not concern: its release was not there yet", async () => {
    const scenario = aScenario();
    await scenario.deploy("v1.0", byRun(50));
    await scenario.deploy("v1.1", byRun(100));
    await failing(scenario, "v1.2", byRun(200));
    await scenario.rollback(undefined, byRun(300));
    expect(reached(scenario)).toMatchObject({ web: ["v1.0"] });
    expect(await ending(scenario.deploy("v1.2", byRun(200)))).toBe("live");
  });

  it("tries again what it has taken back itself", async () => {
    const scenario = aScenario();
    await scenario.deploy("v1.1", byRun(100));
    await scenario.deploy("v1.2", byRun(200));
    await scenario.rollback(undefined, byRun(200));
    expect(await ending(scenario.deploy("v1.2", byRun(200)))).toBe("live");
  });
});

describe("the run of a release", () => {
  it("that waited while a newer one went live is refused", async () => {
    const scenario = aScenario();
    await scenario.deploy("v1.2", byRun(200));
    expect(await ending(scenario.deploy("v1.1", byRun(100)))).toContain("RELEASE_REFUSED");
  });

  it("that goes back is as new as it is published, whatever its commit", async () => {
    const scenario = aScenario();
    await scenario.deploy("v1.1", byRun(100));
    await scenario.deploy("v1.2", byRun(200));
    const back = byRun(300, { commit: "commit-of-v1.1" });
    expect(await ending(scenario.deploy("v1.1-rollback.1", back))).toBe("live");
    expect(await ending(scenario.deploy("v1.2", byRun(200)))).toContain("RELEASE_REFUSED");
  });

  it("counts for a release that somebody had made live by hand just before", async () => {
    const scenario = aScenario();
    await scenario.deploy("v1.2");
    expect(await ending(scenario.deploy("v1.2", byRun(200)))).toBe("nothing-to-do");
    expect(await ending(scenario.deploy("v1.1", byRun(100)))).toContain("RELEASE_REFUSED");
  });

  it.each([
    ["of another repository", byRun(100, { of: "https://github.com/acme/other" })],
    ["of another server", byRun(100, { of: "https://github.example.com/acme/shop" })],
    ["whose release a person names", { run: `${shop}/actions/runs/100` }],
    ["that nobody knows", { request: { source: "event" as const } }],
  ])("is compared with no run %s", async (_, parts) => {
    const scenario = aScenario();
    await scenario.deploy("v1.2", byRun(200));
    expect(await ending(scenario.deploy("v1.1", parts))).toBe("live");
  });
});

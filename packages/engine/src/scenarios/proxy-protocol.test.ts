import { aConfig, aService } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import { problemsOf } from "../../test/support/enumerate.ts";
import { aScenario, forgetSettings, type RunParts, reached, type Scenario } from "../../test/support/scenario.ts";

type ProxyProtocol = Readonly<Record<"in" | "out", boolean>>;

/** What is checked out: an application that expects the PROXY protocol or not, and what is before its door. */
const speaking = (changes: Partial<ProxyProtocol> = {}): RunParts => {
  const proxyProtocol = { in: false, out: false, ...changes };
  return {
    services: [
      aService("web", { proxyProtocol }),
      aService("worker", { role: "worker", proxyProtocol }),
      aService("db", { role: "data", proxyProtocol }),
    ],
    config: aConfig({ rollout: { steps: [{ share: 50, for: "1s" }, 100] }, traffic: { proxyProtocol } }),
  };
};

async function afterFirst(): Promise<Scenario> {
  const scenario = aScenario();
  await scenario.deploy("v1", speaking());
  scenario.world.restart();
  return scenario;
}

const doorsOf = ({ world }: Scenario): readonly ProxyProtocol[] =>
  [...world.state.doors.values()].map(
    ({ spec }) => (JSON.parse(spec) as { proxyProtocol: ProxyProtocol }).proxyProtocol,
  );

describe("a release that expects the PROXY protocol, as the one before did not", () => {
  const changed = speaking({ out: true });

  it("has all users at once, through a door of its own", async () => {
    const scenario = await afterFirst();
    expect(await scenario.deploy("v2", changed)).toMatchObject({ outcome: "live", exitCode: 0 });
    expect(reached(scenario)).toEqual({ web: ["v2"] });
    const steps = scenario.world.events.flatMap((event) => (event.type === "step-end" ? [event.step] : []));
    expect(steps.slice(steps.lastIndexOf("preview-door-1")).slice(0, 4)).toEqual([
      "preview-door-1",
      "verify-1",
      "door-1",
      "shift-1",
    ]);
    expect(await problemsOf(scenario)).toEqual([]);
  });

  it.each([
    ["is not healthy", { unhealthy: ["web"] }, "failed"],
    ["has a worker that does not start", { exits: ["worker"] }, "rolled-back"],
  ] as const)(
    "leaves the version before serving, with its own door, where it %s",
    async (_title, behaviour, outcome) => {
      const scenario = await afterFirst();
      scenario.world.behaviours.set("v2", behaviour);
      expect(await scenario.deploy("v2", changed)).toMatchObject({ outcome, serving: { tag: "v1" } });
      expect(reached(scenario)).toEqual({ web: ["v1"] });
      expect(doorsOf(scenario)).toEqual([{ in: false, out: false }]);
    },
  );

  it.each([
    ["warm", {}],
    ["cold", { rollout: { keep: "removed" as const } }],
  ])("has a way back to a release that is %s, whatever is checked out", async (_title, written) => {
    for (const there of [speaking(), changed]) {
      const scenario = await afterFirst();
      const config = aConfig({ ...written, traffic: { proxyProtocol: { out: true } } });
      await scenario.deploy("v2", { ...changed, config });
      scenario.world.restart();
      expect(await scenario.rollback(undefined, there)).toMatchObject({ outcome: "live", serving: { tag: "v1" } });
      expect(reached(scenario)).toEqual({ web: ["v1"] });
      expect(doorsOf(scenario)).toEqual([{ in: false, out: false }]);
      expect(await problemsOf(scenario)).toEqual([]);
    }
  });

  it("goes by the configuration where the release before was stored by a Sluice that did not keep it", async () => {
    const scenario = await afterFirst();
    forgetSettings(scenario);
    expect(await scenario.deploy("v2", speaking())).toMatchObject({ outcome: "live" });
    expect(scenario.world.events.some((event) => event.type === "step-end" && event.step === "preview-door-1")).toBe(
      false,
    );
  });
});

it("a failed release before whose door something else speaks is undone to the door that was there", async () => {
  const scenario = await afterFirst();
  scenario.world.behaviours.set("v2", { failingChecks: ["GET /"] });
  const { services } = speaking({ in: true });
  const config = aConfig({ checks: [{ http: { path: "/" } }], traffic: { proxyProtocol: { in: true } } });
  expect(await scenario.deploy("v2", { services, config })).toMatchObject({
    outcome: "failed",
    serving: { tag: "v1" },
  });
  expect(doorsOf(scenario)).toEqual([{ in: false, out: false }]);
  expect(reached(scenario)).toEqual({ web: ["v1"] });
});

import { aConfig, aProject, aService } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import { aScenario, reached, type Scenario, type ScenarioParts, shopServices } from "../../test/support/scenario.ts";
import { recordDiagnoses } from "../doctor/record-diagnoses.ts";
import { foreseeRollback } from "../prepare/way-back.ts";
import { lastAttempt } from "../record/read-attempts.ts";

const config = aConfig({ rollout: { steps: [50, 100], keep: "stopped" } });
const last = ({ type, step }: Record<string, unknown>) => [type, step].filter(Boolean).join(" ");

/** All that is known of the stack ends with this record of the attempt, by default of `v2`; `later` came all the same. */
async function knownUpTo(
  record: string,
  later: (scenario: Scenario) => Promise<unknown>,
  parts: ScenarioParts = {},
  { live = ["v1"], attempt = (one: Scenario): Promise<unknown> => one.deploy("v2") } = {},
) {
  const scenario = aScenario({ config, ...parts });
  const { records } = scenario.world.state;
  for (const tag of live) {
    await scenario.deploy(tag);
    scenario.world.restart();
  }
  const before = records.length;
  await attempt(scenario);
  const at = records.findIndex((one, index) => index >= before && last(one) === record);
  expect(at).toBeGreaterThan(0);
  const known = records.slice(0, at + 1);
  scenario.world.restart();
  await later(scenario);
  scenario.world.restart();
  records.splice(0, records.length, ...known);
  return scenario;
}

const statesOf = ({ world }: Scenario) =>
  [...world.state.containers.values()].map(({ service, place, state }) => `${service}@${place}:${state}`).toSorted();

async function follow(scenario: Scenario, tags: readonly string[]): Promise<void> {
  for (const tag of tags) {
    expect(await scenario.deploy(tag)).toMatchObject({ outcome: "live" });
    scenario.world.restart();
  }
}

describe("an attempt of an older record that deployments came after", () => {
  it.each([
    ["step-outcome build-1", ["v3", "v4"]],
    ["step-outcome shift-2", ["v3", "v4"]],
    ["step-intent promote-1", ["v3", "v4"]],
    ["step-intent retire-1", ["v3"]],
    ["step-outcome promote-1", ["v3"]],
  ])("is over, and nothing of it is finished or undone: %s, then %s", async (record, tags) => {
    const scenario = await knownUpTo(record, (before) => follow(before, tags));
    const serves = tags.at(-1) ?? "";
    const states = statesOf(scenario);
    const lines = scenario.world.events.filter(({ type }) => type === "output-line").length;
    expect(await scenario.recover()).toMatchObject({
      outcome: "interrupted",
      serving: { tag: serves, share: 100 },
      reason: expect.stringMatching(/^deployment d\S+ came after it/),
    });
    expect(statesOf(scenario)).toEqual(states);
    expect(reached(scenario)).toEqual({ web: [serves] });
    expect(scenario.world.violations).toEqual([]);
    // Nothing of the release in its slot is said of the one that it was about.
    expect(scenario.world.events.filter(({ type }) => type === "output-line").length).toBe(lines);
    expect([...scenario.world.state.bundles.values()].filter(({ bundle }) => bundle.broken)).toEqual([]);
    expect(await scenario.recover()).toBeNull();
  });

  it("keeps nothing from being deployed, whoever asks to finish or undo it", async () => {
    for (const choice of ["finish", "undo"] as const) {
      const scenario = await knownUpTo("step-outcome start-1", (before) => follow(before, ["v3"]));
      expect(await scenario.recover(choice)).toMatchObject({ outcome: "interrupted", serving: { tag: "v3" } });
      expect(reached(scenario)).toEqual({ web: ["v3"] });
    }
    const scenario = await knownUpTo("step-outcome start-1", (before) => follow(before, ["v3"]));
    expect(await scenario.deploy("v4")).toMatchObject({ outcome: "live", serving: { tag: "v4" } });
    expect(scenario.world.violations).toEqual([]);
  });

  it("is no way back to where it went, for a rollback that names no release", async () => {
    const since = (before: Scenario) => follow(before, ["v4"]);
    const attempt = (one: Scenario) => one.rollback("v1");
    const scenario = await knownUpTo("step-outcome start-1", since, {}, { live: ["v1", "v2", "v3"], attempt });
    const { release } = await foreseeRollback(scenario.rollbackRequest(), scenario.world.ports());
    expect(release?.bundle.tag).toBe("v3");
    expect(await scenario.rollback()).toMatchObject({ outcome: "live", serving: { tag: "v3" } });
  });

  it("is named by the doctor with the command that closes it", async () => {
    const { world } = await knownUpTo("step-outcome start-1", (before) => follow(before, ["v3"]));
    const { journal, observer } = world.ports();
    const facts = { now: world.clock.now(), isDeploying: false, chainProblems: [] };
    const observed = await observer.observe(aProject({ services: shopServices }));
    const [found] = recordDiagnoses({ ...facts, last: await lastAttempt(journal), observed });
    expect(found?.mend).toMatch(/^sluice resume to close it, .*: deployment \S+ came after it/);
  });

  it("is over where it was promoted, and users went back since: the slot that serves is not retired", async () => {
    const warm = aConfig({ rollout: { steps: [100], keep: "warm" } });
    const back = (before: Scenario) => before.rollback("v1");
    const scenario = await knownUpTo("step-outcome promote-1", back, { config: warm });
    expect(await scenario.recover()).toMatchObject({ outcome: "interrupted", serving: { tag: "v1", share: 100 } });
    expect(scenario.world.violations).toEqual([]);
  });
});

describe("an attempt of an older record, of which alone something runs", () => {
  const nothingSince = () => Promise.resolve();

  it("is left to a person while its door does not run, and finished once that tells", async () => {
    const scenario = await knownUpTo("step-outcome start-1", nothingSince);
    const states = statesOf(scenario);
    for (const door of scenario.world.state.doors.values()) door.running = false;
    expect(await scenario.recover()).toMatchObject({ outcome: "needs-person", exitCode: 30 });
    expect(statesOf(scenario)).toEqual(states);
    for (const door of scenario.world.state.doors.values()) door.running = true;
    expect(await scenario.recover()).toMatchObject({ outcome: "live", serving: { tag: "v2" } });
  });

  it("is left to a person where it has no doors, and can be finished", async () => {
    const services = [aService("worker", { role: "worker" })];
    const scenario = await knownUpTo("step-outcome create-1", nothingSince, { services });
    expect(await scenario.recover()).toMatchObject({ outcome: "needs-person", serving: { tag: "v2" } });
    expect(await scenario.recover("undo")).toMatchObject({ outcome: "needs-person", serving: { tag: "v2" } });
    expect(statesOf(scenario)).toEqual(["worker@blue:exited", "worker@green:running"]);
    expect(await scenario.recover("finish")).toMatchObject({ outcome: "live", serving: { tag: "v2" } });
  });
});

describe("an imported attempt of a stack that is all in base", () => {
  const services = [aService("web", { strategy: "recreate" })];
  const since = (before: Scenario) => follow(before, ["v3"]);

  it.each(["step-intent recreate-1", "step-outcome recreate-1"])(
    "is left, and gone on from: what came after it stays (%s)",
    async (record) => {
      const scenario = await knownUpTo(record, since, { services });
      const imported = { type: "state-imported", actor: "ada", reason: "moved", from: "other" };
      await scenario.world.ports().journal.append(imported);
      const states = [...scenario.world.state.containers.values()].map(({ id, state }) => `${id} ${state}`);
      expect(await scenario.recover()).toMatchObject({
        outcome: "needs-person",
        reason: expect.stringContaining("nothing shows whether another release came after it"),
      });
      expect([...scenario.world.state.containers.values()].map(({ id, state }) => `${id} ${state}`)).toEqual(states);
      expect(await scenario.deploy("v4")).toMatchObject({ outcome: "live", serving: { tag: "v4" } });
      expect(scenario.world.violations).toEqual([]);
    },
  );
});

describe("whatever a plan says", () => {
  it("a slot that users are led to is not retired", async () => {
    const scenario = aScenario({ config });
    await scenario.deploy("v1");
    scenario.world.restart();
    scenario.world.calls.fault = ({ name }) => {
      if (name !== "journal.append step-intent retire-1") return undefined;
      for (const door of scenario.world.state.doors.values()) door.routing = { stable: "blue", share: 0, salt: 0 };
      return undefined;
    };
    await scenario.deploy("v2");
    expect(reached(scenario)).toEqual({ web: ["v1"] });
    expect(scenario.world.violations).toEqual([]);
  });
});

import { isSluiceError } from "@sluice/core";
import { aConfig, aProject, aService } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import { type Enumeration, killEverywhere, serves } from "../../test/support/enumerate.ts";
import { aScenario, reached, type Scenario, shopServices } from "../../test/support/scenario.ts";
import { readAttempts } from "../index.ts";

/** A world in which these releases were deployed, one after the other. */
const after =
  (tags: readonly string[], parts: Parameters<typeof aScenario>[0] = {}) =>
  async (): Promise<Scenario> => {
    const scenario = aScenario(parts);
    for (const tag of tags) await scenario.deploy(tag);
    return scenario;
  };

async function expectNothingBroken(plan: Enumeration, atLeast: number): Promise<void> {
  const { kills, broken } = await killEverywhere(plan);
  expect(broken.slice(0, 5)).toEqual([]);
  expect(kills).toBeGreaterThan(atLeast);
}

const deployNext = (tag: string): Pick<Enumeration, "when" | "next" | "holds"> => ({
  when: (scenario) => scenario.deploy(tag),
  next: (scenario) => scenario.deploy(tag),
  holds: (scenario) => serves(scenario, tag),
});

const twoDoors = [
  aService("web"),
  aService("admin", { ports: [{ published: 9090, target: 3000, protocol: "tcp" }] }),
  aService("worker", { role: "worker" }),
  aService("db", { role: "data" }),
];
/** The shop, and a database that cannot start before a job has made its certificates. */
const certified = [
  ...shopServices,
  aService("certs", { role: "job" }),
  aService("search", { role: "data", dependsOn: ["certs"], awaits: ["certs"] }),
];
const watched = aConfig({
  rollout: { bake: "2s", steps: [{ share: 10, for: "2s" }, 100] },
  analysis: { enabled: true },
});

describe("a deployer killed before any of its effects: the next run leaves one version, and no user was lost", () => {
  it("in a first deployment", () => expectNothingBroken({ given: after([]), ...deployNext("v1") }, 40));
  it("in a second one", () => expectNothingBroken({ given: after(["v1"]), ...deployNext("v2") }, 45));
  it("in a first one whose database waits for a job", () =>
    expectNothingBroken({ given: after([], { services: certified }), ...deployNext("v1") }, 40));
  it("in one that adds a database which waits for a job, beside a warm slot", () =>
    expectNothingBroken(
      {
        given: after(["v1", "v2"]),
        when: (scenario) => scenario.deploy("v3", { services: certified }),
        next: (scenario) => scenario.deploy("v3", { services: certified }),
        holds: (scenario) => serves(scenario, "v3"),
      },
      45,
    ));
  it("in a third one, which clears a warm slot", () =>
    expectNothingBroken({ given: after(["v1", "v2"]), ...deployNext("v3") }, 45));
  it("with two doors, of which only one may have moved", () =>
    expectNothingBroken({ given: after(["v1"], { services: twoDoors }), ...deployNext("v2") }, 50));
  it("while users are watched and while it bakes", () =>
    expectNothingBroken({ given: after(["v1"], { config: watched }), ...deployNext("v2") }, 60));
  it.each(["stopped", "removed"] as const)("where the previous is %s in the end", (keep) =>
    expectNothingBroken(
      { given: after(["v1", "v2"], { config: aConfig({ rollout: { keep } }) }), ...deployNext("v3") },
      45,
    ),
  );
  it("where a fix follows instead of the same release", () =>
    expectNothingBroken(
      {
        given: after(["v1"]),
        when: (scenario) => scenario.deploy("v2"),
        next: (scenario) => scenario.deploy("v3"),
        holds: (scenario) => serves(scenario, "v3"),
      },
      45,
    ));
  it("where the release before is asked for again", () =>
    expectNothingBroken(
      {
        given: after(["v1"]),
        when: (scenario) => scenario.deploy("v2"),
        next: (scenario) => scenario.deploy("v1"),
        holds: (scenario) => serves(scenario, "v1"),
      },
      45,
    ));
  it("in a warm rollback", () =>
    expectNothingBroken(
      {
        given: after(["v1", "v2"]),
        when: (scenario) => scenario.rollback(),
        next: (scenario) => scenario.deploy("v3"),
        holds: (scenario) => serves(scenario, "v3"),
      },
      20,
    ));
  it("in a deployment that fails and is undone", () =>
    expectNothingBroken(
      {
        given: after(["v1"]),
        when(scenario) {
          scenario.world.behaviours.set("v2", { exits: ["worker"] });
          return scenario.deploy("v2");
        },
        next: (scenario) => scenario.deploy("v3"),
        holds: (scenario) => serves(scenario, "v3"),
      },
      50,
    ));
  it("while a door is replaced", () =>
    expectNothingBroken(
      {
        given: after(["v1"], { services: twoDoors }),
        when: (scenario) => scenario.deploy("v2", { services: otherPorts }),
        next: (scenario) => scenario.deploy("v2", { services: otherPorts }),
        holds: (scenario) => serves(scenario, "v2"),
      },
      50,
    ));
  it("while a door that is as wanted is made anew", () =>
    expectNothingBroken(
      {
        given: after(["v1"]),
        when: (scenario) => scenario.deploy("v1", { replaceDoors: true }),
        next: (scenario) => scenario.deploy("v1"),
        holds: (scenario) => serves(scenario, "v1"),
      },
      8,
    ));
  it("and a door that was made anew is not made anew again when its deployment is finished", async () => {
    const scenario = await after(["v1"])();
    scenario.world.restart();
    scenario.world.calls.fault = ({ name }) => (name === "journal.append step-outcome door-1" ? "crash" : undefined);
    await scenario.deploy("v1", { replaceDoors: true }).catch(() => undefined);
    scenario.world.restart();
    const made = [...scenario.world.state.doors.keys()];
    await scenario.recover("finish");
    expect([...scenario.world.state.doors.keys()]).toEqual(made);
  });
  it("while a service leaves the release", () =>
    expectNothingBroken(
      {
        given: after(["v1"], { services: twoDoors }),
        when: (scenario) => scenario.deploy("v2", { services: twoDoors.filter(({ name }) => name !== "admin") }),
        next: (scenario) => scenario.deploy("v2", { services: twoDoors.filter(({ name }) => name !== "admin") }),
        holds: (scenario) => serves(scenario, "v2"),
      },
      50,
    ));
});

const otherPorts = twoDoors.map((service) =>
  service.name === "web"
    ? { ...service, ports: [{ published: 8888, target: 3000, protocol: "tcp" as const }] }
    : service,
);

describe.each([
  ["with ports", shopServices],
  ["behind a proxy, without ports", shopServices.map((service) => ({ ...service, ports: [] }))],
])("a deployer killed while it takes over what plain Compose runs, %s", (_title, services) => {
  const adopted = async () => {
    const scenario = aScenario({ services });
    scenario.world.runPlain(aProject({ services }));
    return scenario;
  };
  it("leaves one version after the next run", () => expectNothingBroken({ given: adopted, ...deployNext("v1") }, 45));
  it("is undone where what plain Compose ran has not given way", async () => {
    const scenario = await adopted();
    scenario.world.calls.fault = ({ name }) => (/^slots.stopPlain web|take over$/.test(name) ? "crash" : undefined);
    await scenario.deploy("v1").catch(() => undefined);
    scenario.world.restart();
    expect(reached(scenario)).toEqual({ web: ["plain"] });
    expect(await scenario.recover()).toMatchObject({ outcome: "interrupted", serving: null });
    expect(reached(scenario)).toEqual({ web: ["plain"] });
  });
  it("leaves the plain containers serving where it is undone before cutover", async () => {
    const { broken } = await killEverywhere({
      given: adopted,
      when: (scenario) => scenario.deploy("v1"),
      next: (scenario) => scenario.recover("undo").catch((error: unknown) => finishIfRefused(scenario, error)),
      holds: ({ world }) => {
        const served = Object.keys(world.users()["web"] ?? {}).join();
        return served === "plain" || isLiveRelease(served) ? [] : [`users reach ${served}`];
      },
    });
    // Plain containers are what it goes back to: they are no leftovers here.
    expect(broken.filter((text) => !/: (plain container [^;]+(; )?)+$/.test(text))).toEqual([]);
  });
});

/** Once it is promoted an attempt cannot be undone; then it must say so, and can be finished. */
function finishIfRefused(scenario: Scenario, error: unknown): Promise<unknown> {
  if (!isSluiceError(error) || error.code !== "RECOVERY_REFUSED") throw error;
  return scenario.recover("finish");
}

const isLiveRelease = (release: string) => release.startsWith("r-");

describe("a deployer killed again while it recovers", () => {
  it.each([12, 22, 30, 38, 44, 48, 52])("after a first kill at effect %i", async (first) => {
    await expectNothingBroken(
      {
        given: async () => {
          const scenario = await after(["v1"])();
          scenario.world.restart();
          scenario.world.calls.fault = ({ index }) => (index >= first ? "crash" : undefined);
          await scenario.deploy("v2").catch(() => undefined);
          return scenario;
        },
        ...deployNext("v2"),
      },
      8,
    );
  });
});

describe("a deployer killed while it undoes what a run had left", () => {
  it.each([30, 38, 44, 48, 52])(
    "leaves one version with its workers where a person then wants it finished, after a first kill at effect %i",
    async (first) => {
      const endings = new Set<string>();
      const { kills, broken } = await killEverywhere({
        given: async () => {
          const scenario = await after(["v1"])();
          scenario.world.restart();
          scenario.world.calls.fault = ({ index }) => (index >= first ? "crash" : undefined);
          await scenario.deploy("v2").catch(() => undefined);
          return scenario;
        },
        when: (scenario) => scenario.recover("undo"),
        async next(scenario) {
          const result = await scenario.recover("finish").catch((error: unknown) => undoIfNotBuilt(scenario, error));
          endings.add(result?.outcome ?? "nothing to finish");
        },
      });
      expect(broken.slice(0, 5)).toEqual([]);
      expect(kills).toBeGreaterThan(3);
      expect(["live", "interrupted", "nothing to finish"]).toEqual(expect.arrayContaining([...endings]));
      expect(endings).toContain("live");
    },
  );
});

describe("a deployer killed while it finishes what an undo had left half taken back", () => {
  it.each(["undo-intent workers-1", "undo-intent shift-1", "undo-intent job-1", "step-outcome job-1"])(
    "has all of it done again by the next one, after the undo was killed before it wrote %s",
    async (written) => {
      const endings = new Set<string>();
      const unproven: string[] = [];
      const { kills, broken } = await killEverywhere({
        given: async () => {
          const scenario = await after(["v1"])();
          scenario.world.restart();
          scenario.world.calls.fault = ({ name }) =>
            name === "journal.append step-intent promote-1" ? "crash" : undefined;
          await scenario.deploy("v2").catch(() => undefined);
          scenario.world.restart();
          scenario.world.calls.fault = ({ name }) => (name === `journal.append ${written}` ? "crash" : undefined);
          await scenario.recover("undo").catch(() => undefined);
          return scenario;
        },
        when: (scenario) => scenario.recover("finish"),
        async next(scenario) {
          const result = await scenario.recover("finish").catch((error: unknown) => undoIfNotBuilt(scenario, error));
          endings.add(result?.outcome ?? "nothing to finish");
          unproven.push(...(await unprovenIn(scenario)));
        },
      });
      expect(broken.slice(0, 5)).toEqual([]);
      expect(unproven.slice(0, 5)).toEqual([]);
      expect(kills).toBeGreaterThan(3);
      expect(["live", "interrupted", "nothing to finish"]).toEqual(expect.arrayContaining([...endings]));
      expect(endings).toContain("live");
    },
  );
});

/** Containers of a slot that were made anew, and never asked since whether they are well. */
async function unprovenIn({ world }: Scenario): Promise<readonly string[]> {
  let made = "";
  for (const attempt of await readAttempts(world.ports().journal, 1)) {
    for (const { step, result } of attempt.outcomes) {
      const kind = attempt.start.plan.steps.find(({ id }) => id === step);
      const isMade = kind?.kind === "create" || (kind?.kind === "job" && kind.creates === true);
      if (result === "done" && isMade) made = step;
      if (result === "done" && kind?.kind === "verify") made = "";
      if (result === "done" && kind?.kind === "promote" && made) return [`promoted after ${made} without a check`];
    }
  }
  return [];
}

/** What was built is forgotten where that was undone: then it must say so, and can be undone to the end. */
function undoIfNotBuilt(scenario: Scenario, error: unknown): ReturnType<Scenario["recover"]> {
  if (!isSluiceError(error) || error.code !== "RECOVERY_REFUSED") throw error;
  return scenario.recover("undo");
}

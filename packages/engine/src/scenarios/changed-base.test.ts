import { SluiceError } from "@sluice/core";
import { aConfig, aProject, aService } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import { killEverywhere, problemsOf, serves } from "../../test/support/enumerate.ts";
import { aScenario, type RunParts, type Scenario, shopServices } from "../../test/support/scenario.ts";

const before: RunParts = { volumes: { db: "data" } };
const moved: RunParts = { volumes: { db: "data2" } };

async function failingV2(parts: RunParts, first = before): Promise<Scenario> {
  const scenario = aScenario();
  await scenario.deploy("v1", first);
  scenario.world.behaviours.set("v2", { unhealthy: ["web"] });
  expect(await scenario.deploy("v2", parts)).toMatchObject({ outcome: "failed", serving: { tag: "v1" } });
  return scenario;
}

const database = (scenario: Scenario) => containerOf(scenario, "db");

/** What the container of a service is made from. */
function containerOf({ world }: Scenario, name: string) {
  const found = [...world.state.containers.values()].find(({ service }) => service === name);
  const { image, volumes = [] } = JSON.parse(found?.spec ?? "{}") as {
    readonly image?: string;
    readonly volumes?: readonly { readonly source: string }[];
  };
  return [image, ...volumes.map(({ source }) => source), found?.state ?? "gone"].join(" ");
}

/** As a person does who runs it otherwise with plain Compose. */
function setByHand({ world: { state } }: Scenario, name: string): void {
  for (const [id, container] of state.containers) {
    if (container.service !== name) continue;
    state.containers.set(id, {
      ...container,
      spec: JSON.stringify({ ...JSON.parse(container.spec), command: ["own"] }),
    });
  }
}

const told = ({ world }: Scenario) =>
  world.events.flatMap((event) =>
    event.type === "finding" ? [`${event.finding.code}: ${event.finding.message} -> ${event.finding.hint}`] : [],
  );
const lastPlan = ({ world }: Scenario) =>
  world.events.flatMap((event) => (event.type === "plan" ? [event.text] : [])).at(-1);

describe("a deployment that takes the database to another volume, and fails", () => {
  it("puts it back where all it had is in the volume of before, and says what stays", async () => {
    const scenario = await failingV2(moved);
    expect(database(scenario)).toBe("db:1 data running");
    expect(told(scenario)).toEqual([
      "base-put-back: base service db has volume shop_data again, as v1 has it; what was written to shop_data2 meanwhile stays there -> a release that has shop_data2 again finds in it what is there now; docker volume rm shop_data2 once nobody needs that",
    ]);
    expect(lastPlan(scenario)).toContain("an undo goes back to that volume");
    expect(scenario.world.state.volumes).toContain("shop_data2");
    expect(await problemsOf(scenario)).toEqual([]);
  });

  it("also where it is the new one that does not start", async () => {
    const scenario = aScenario();
    await scenario.deploy("v1", before);
    let isFirst = true;
    scenario.world.calls.fault = ({ name }) => {
      if (name !== "base.up db: start" || !isFirst) return undefined;
      isFirst = false;
      return new SluiceError("NOT_READY", "db is not ready");
    };
    const isFailed = { outcome: "failed", serving: { tag: "v1" } };
    expect(await scenario.deploy("v2", moved)).toMatchObject(isFailed);
    expect(database(scenario)).toBe("db:1 data running");
  });

  it("puts it back with another image, too, which has written to the new volume alone", async () => {
    const scenario = await failingV2({ ...moved, images: { db: "db:2" } });
    expect(database(scenario)).toBe("db:1 data running");
  });

  it("leaves it where something may be in the new volume already, and says how to go back", async () => {
    const scenario = aScenario();
    scenario.world.state.volumes.add("shop_data2");
    await scenario.deploy("v1", before);
    scenario.world.behaviours.set("v2", { unhealthy: ["web"] });
    await scenario.deploy("v2", moved);
    expect(database(scenario)).toBe("db:1 data2 running");
    expect(told(scenario)).toEqual([
      "base-changed: base service db is not as v1, which serves, has it: it has volume shop_data2, not shop_data -> check out v1, then: sluice deploy --release v1, which goes back to what is in shop_data; what is in shop_data2 stays there",
    ]);
    expect(lastPlan(scenario)).toContain("an undo does not go back to that volume, as shop_data2 is there already");

    expect(await scenario.deploy("v1", before)).toMatchObject({ outcome: "live", serving: { tag: "v1" } });
    expect(lastPlan(scenario)).toContain("1. base  data db  (its configuration changed");
    expect(database(scenario)).toBe("db:1 data running");
  });

  it("leaves what another release than the one that serves had made of it", async () => {
    const scenario = aScenario();
    await scenario.deploy("v1", before);
    await scenario.deploy("v2", moved);
    await scenario.rollback("v1", moved);
    expect(database(scenario)).toBe("db:1 data2 running");
    scenario.world.behaviours.set("v3", { unhealthy: ["web"] });
    expect(await scenario.deploy("v3", { volumes: { db: "data3" } })).toMatchObject({ serving: { tag: "v1" } });
    expect(database(scenario)).toBe("db:1 data3 running");
    expect(told(scenario).at(-1)).toContain("it has volume shop_data3, not shop_data ->");
  });

  it("names the volume of before where plain Compose ran it and no release says how", async () => {
    const scenario = aScenario();
    scenario.world.runPlain(aProject({ services: shopServices, ...before }));
    scenario.world.behaviours.set("v1", { unhealthy: ["web"] });
    await scenario.deploy("v1", moved);
    expect(told(scenario)).toEqual([
      "base-changed: base service db was replaced, and is not put back: its data of before is in volume shop_data -> docker compose up -d --no-deps db, in the checkout of the version before, puts it back",
    ]);
  });

  it("may be killed before every effect: one version serves, and the database has its data", async () => {
    const { kills, broken } = await killEverywhere({
      given: async () => {
        const scenario = aScenario({ services: [aService("web"), aService("db", { role: "data" })] });
        await scenario.deploy("v1", before);
        scenario.world.behaviours.set("v2", { unhealthy: ["web"] });
        return scenario;
      },
      when: (scenario) => scenario.deploy("v2", moved),
      // Of the build nothing is new here.
      from: 20,
      next: (scenario) => scenario.recover("undo", moved),
      holds: (scenario) => [
        ...serves(scenario, "v1"),
        ...(database(scenario) === "db:1 data running" ? [] : [`the database is ${database(scenario)}`]),
      ],
    });
    expect(broken).toEqual([]);
    expect(kills).toBeGreaterThan(30);
  });
});

it.each([
  "the new one is not there before",
  "the new one is there before",
  "it runs with settings of a person",
] as const)(
  "an application that becomes a support service with another volume goes back to its own, where %s",
  async (how) => {
    const api = aService("api", { role: "worker", strategy: "recreate" });
    const scenario = aScenario({ services: [aService("web"), api] });
    const { calls, state } = scenario.world;
    if (how === "the new one is there before") state.volumes.add("shop_data2");
    await scenario.deploy("v1", { volumes: { api: "data" } });
    if (how === "it runs with settings of a person") setByHand(scenario, "api");
    let isFirst = true;
    calls.fault = ({ name }) => {
      if (name !== "base.up api: start" || !isFirst) return undefined;
      isFirst = false;
      return new SluiceError("NOT_READY", "api is not ready");
    };
    const services = [aService("web"), { ...api, role: "support" as const }];
    const undone = await scenario.deploy("v2", { services, volumes: { api: "data2" } });
    expect(undone).toMatchObject({ outcome: "rolled-back", serving: { tag: "v1" } });
    expect(lastPlan(scenario)).toContain("; an undo goes back to that volume");
    expect(told(scenario)).toEqual([
      expect.stringContaining("base-put-back: base service api has volume shop_data again, as v1 has it"),
    ]);
    expect(containerOf(scenario, "api")).toMatch(/ data running$/);
    expect(await problemsOf(scenario)).toEqual([]);
  },
);

it("a rollback says what stays as the release had it that is left, also where there is nothing else to do", async () => {
  const scenario = aScenario();
  await scenario.deploy("v1", before);
  await scenario.deploy("v2", moved);
  const expected = "base service db is not as v1, which serves, has it: it has volume shop_data2, not shop_data";
  expect(await scenario.rollback("v1", moved)).toMatchObject({ outcome: "live" });
  expect(told(scenario).at(-1)).toContain(expected);
  expect(await scenario.rollback("v1", moved)).toMatchObject({ outcome: "nothing-to-do" });
  expect(told(scenario).filter((text) => text.includes(expected))).toHaveLength(2);
});

it("a database that another image has taken over stays, with the way back said", async () => {
  const scenario = await failingV2({ ...before, images: { db: "db:2" } });
  expect(database(scenario)).toBe("db:2 data running");
  expect(told(scenario)).toEqual([
    "base-changed: base service db is not as v1, which serves, has it: image db:2 runs, not db:1 -> db:1 may not read what db:2 has written: take a backup (sluice db backup) before you go back to it (check out v1, then: sluice deploy --release v1), or deploy a release with db:2",
  ]);
});

describe("a database that does not come up as the candidate has it", () => {
  /** It has run as v2 has it, and ended. */
  async function failingDatabase(parts: RunParts, code: "START_FAILED" | "NOT_READY" = "START_FAILED") {
    const scenario = aScenario();
    await scenario.deploy("v1", before);
    const { calls, state } = scenario.world;
    let isFirst = true;
    calls.fault = ({ name }) => {
      if (name !== "base.up db: start" || !isFirst) return undefined;
      isFirst = false;
      for (const [id, one] of state.containers)
        if (one.service === "db") state.containers.set(id, { ...one, state: "exited" });
      return new SluiceError(code, "db does not come up");
    };
    return { scenario, result: await scenario.deploy("v2", parts) };
  }

  it.each(["START_FAILED", "NOT_READY"] as const)("is as before where its image is the same: %s", async (code) => {
    const { scenario, result } = await failingDatabase({ ...before, environment: { db: { LIMIT: "wrong" } } }, code);
    expect(result).toMatchObject({ outcome: "failed", serving: { tag: "v1" } });
    expect(containerOf(scenario, "db")).toBe("db:1 data running");
    expect(told(scenario)).toEqual([]);
    expect(await problemsOf(scenario)).toEqual([]);
  });

  it("is left with another image, and that is for a person: what users do has no database", async () => {
    const { scenario, result } = await failingDatabase({ ...before, images: { db: "db:2" } });
    expect(result).toMatchObject({ outcome: "needs-person", serving: { tag: "v1" } });
    expect(containerOf(scenario, "db")).toBe("db:2 data running");
    const errors = scenario.world.events.flatMap((event) => (event.type === "error" ? [event] : []));
    expect(errors.at(-1)).toMatchObject({
      message: expect.stringContaining("(db:2), and is not made as v1 has it (db:1)") as string,
      hint: expect.stringContaining("sluice deploy --release v1") as string,
    });
  });
});

describe("a database that did not come up as the candidate has it, where the run that saw it was killed", () => {
  const other: RunParts = { ...before, images: { db: "db:2" } };
  const same: RunParts = { ...before, environment: { db: { LIMIT: "wrong" } } };

  /** In its start, or before it could undo anything; what has run of the database has ended. */
  async function killedWith(parts: RunParts, at: "start" | "undo"): Promise<Scenario> {
    const scenario = aScenario();
    await scenario.deploy("v1", before);
    const { world } = scenario;
    let hasFailed = false;
    world.restart();
    world.calls.fault = ({ name }) => {
      if (hasFailed) return name.startsWith("journal.append step-outcome") ? undefined : "crash";
      if (name !== "base.up db: start") return undefined;
      hasFailed = true;
      for (const one of world.state.containers.values()) if (one.service === "db") one.state = "exited";
      return at === "start" ? "crash" : new SluiceError("NOT_READY", "db is not ready");
    };
    await scenario.deploy("v2", parts).catch(() => undefined);
    expect(hasFailed).toBe(true);
    world.restart();
    return scenario;
  }

  it.each(["start", "undo"] as const)("is as before where its image is the same: %s", async (at) => {
    const scenario = await killedWith(same, at);
    expect(await scenario.recover("undo", before)).toMatchObject({ exitCode: 0, serving: { tag: "v1" } });
    expect(containerOf(scenario, "db")).toBe("db:1 data running");
    expect(told(scenario).filter((text) => text.startsWith("base-"))).toEqual([]);
    expect(await problemsOf(scenario)).toEqual([]);
  });

  it.each(["start", "undo"] as const)("is for a person with another image, until it runs: %s", async (at) => {
    const scenario = await killedWith(other, at);
    const { world } = scenario;
    for (const goBack of [() => scenario.recover("undo", before), () => scenario.deploy("v3", before)]) {
      const result = await goBack();
      expect(result).toMatchObject({ outcome: "needs-person", exitCode: 30, serving: { tag: "v1" } });
      expect(world.events).toContainEqual(
        expect.objectContaining({ message: expect.stringContaining("(db:2), and is not made as v1 has it (db:1)") }),
      );
      expect(containerOf(scenario, "db")).toBe("db:2 data exited");
    }
    for (const one of world.state.containers.values()) if (one.service === "db") one.state = "running";
    expect(await scenario.recover("undo", before)).toMatchObject({ outcome: "interrupted", exitCode: 0 });
    expect(containerOf(scenario, "db")).toBe("db:2 data running");
  });

  it.each(["starting", "unhealthy"] as const)(
    "is left where it runs, whatever its health check says: %s",
    async (health) => {
      const scenario = await killedWith(other, "start");
      for (const one of scenario.world.state.containers.values())
        if (one.service === "db") Object.assign(one, { state: "running", health, restartCount: 1 });
      expect(await scenario.recover("undo", before)).toMatchObject({ exitCode: 0 });
      expect(containerOf(scenario, "db")).toBe("db:2 data running");
    },
  );

  it("is one that came up where a later run saw it become ready", async () => {
    const scenario = await killedWith(other, "start");
    const { world } = scenario;
    world.calls.fault = ({ name }) => {
      if (!name.startsWith("slots.start")) return undefined;
      // It ends once more, for a reason of its own.
      for (const one of world.state.containers.values()) if (one.service === "db") one.state = "exited";
      return new SluiceError("START_FAILED", "the candidate does not start");
    };
    expect(await scenario.recover("finish", before)).toMatchObject({ outcome: "failed", exitCode: 20 });
  });

  it("gives way to the release before, as a person is told", async () => {
    const scenario = await killedWith(other, "undo");
    const { world } = scenario;
    expect(await scenario.recover("undo", before)).toMatchObject({ outcome: "needs-person" });
    const hints = world.events.flatMap((event) => (event.type === "error" ? [event.hint] : []));
    expect(hints.at(-1)).toContain("sluice deploy --release v1 --accept-not-undone");
    const again = { ...before, acceptNotUndone: true };
    expect(await scenario.deploy("v1", again)).toMatchObject({ exitCode: 0, serving: { tag: "v1" } });
    expect(containerOf(scenario, "db")).toBe("db:1 data running");
  });
});

it("PostgreSQL is not started on the data of another major version: that is refused, and nothing is touched", async () => {
  const scenario = aScenario();
  await scenario.deploy("v1", { ...before, images: { db: "postgres:16" } });
  await expect(scenario.deploy("v2", { ...before, images: { db: "postgres:17" } })).rejects.toMatchObject({
    code: "PREFLIGHT_FAILED",
    message: expect.stringContaining(
      "PostgreSQL 17 (postgres:17) does not start on the data of PostgreSQL 16",
    ) as string,
  });
  expect(containerOf(scenario, "db")).toBe("postgres:16 data running");
  const elsewhere = { ...moved, images: { db: "postgres:17" } };
  expect(await scenario.deploy("v2", elsewhere)).toMatchObject({ outcome: "live" });
});

it.each(["warm", "removed"] as const)(
  "a rollback leaves the database as it runs, whatever is checked out, %s",
  async (keep) => {
    const scenario = aScenario({ config: aConfig({ rollout: { keep } }) });
    await scenario.deploy("v1", before);
    await scenario.deploy("v2", { ...before, images: { db: "db:2" } });
    expect(await scenario.rollback("v1", before)).toMatchObject({ outcome: "live", serving: { tag: "v1" } });
    expect(database(scenario)).toBe("db:2 data running");
  },
);

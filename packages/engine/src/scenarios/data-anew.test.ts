import { aConfig, aService } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import { aScenario, type RunParts, type Scenario, shopServices } from "../../test/support/scenario.ts";
import { readAttempts } from "../record/read-attempts.ts";

const volumes = { db: "pgdata" };

/** As `docker compose down -v` does. */
function loseData({ world: { state } }: Scenario, lost: Readonly<Record<string, string>> = volumes): void {
  for (const [id, { place, service }] of state.containers)
    if (place === "base" && Object.hasOwn(lost, service)) state.containers.delete(id);
  for (const volume of Object.values(lost)) state.volumes.delete(`${state.stack}_${volume}`);
  state.doneJobs.clear();
}

async function afterLoss(parts: RunParts = {}) {
  const scenario = aScenario({ config: aConfig({ database: { service: "db" } }), services: parts.services });
  await scenario.deploy("v1", { volumes });
  await scenario.deploy("v2", { volumes });
  const { events } = scenario.world;
  const since = events.length;
  loseData(scenario);
  const told = () => events.slice(since).flatMap((event) => (event.type === "finding" ? [event.finding] : []));
  const kinds = async () =>
    (await readAttempts(scenario.world.ports().journal)).at(-1)?.start.plan.steps.map(({ kind }) => kind);
  return { scenario, told, kinds };
}

describe("a database whose volume is gone", () => {
  it.each(["deploy", "rollback"] as const)(
    "is made anew with the jobs of the release that serves, which is proven on it, and with a word of the backup: %s",
    async (verb) => {
      const { scenario, told, kinds } = await afterLoss();
      expect(await scenario[verb]("v2", { volumes })).toMatchObject({ outcome: "live" });
      expect(await kinds()).toEqual(["base", "job", "verify"]);
      expect(told()).toMatchObject([
        {
          severity: "warn",
          code: "data-anew",
          service: "db",
          message: "volume shop_pgdata is gone, which v2 was live on: db starts empty",
          hint: "sluice db restore backup-1 puts the newest proven backup back, once db runs",
        },
      ]);
      expect(await scenario.deploy("v2", { volumes })).toMatchObject({ outcome: "nothing-to-do" });
      expect(told()).toHaveLength(1);
    },
  );

  it("is no success where what serves does not come round on it, and condemns no release", async () => {
    const { scenario } = await afterLoss();
    scenario.world.behaviours.set("v2", { failingChecks: ["web runs"] });
    const result = await scenario.deploy("v2", { volumes });
    expect(result).toMatchObject({ outcome: "failed", exitCode: 20, serving: { tag: "v2" } });
    expect((await scenario.world.ports().bundles.list()).filter(({ broken }) => broken)).toEqual([]);
  });

  it("leaves no migration for done: also a release of before runs its own, and one that died says so", async () => {
    const { scenario, told, kinds } = await afterLoss();
    expect(await scenario.rollback("v1", { volumes })).toMatchObject({ outcome: "live" });
    expect(await kinds()).toContain("job");
    expect(told().map(({ code }) => code)).toContain("data-anew");
    expect(await scenario.deploy("v2", { volumes })).toMatchObject({ outcome: "live" });
    expect(await kinds()).toContain("job");
  });

  it("is told of also before a new release, and with what is to be started again where no job migrates", async () => {
    const services = shopServices.filter(({ name }) => name !== "migrate");
    const { scenario, told } = await afterLoss({ services });
    await scenario.deploy("v3", { volumes });
    expect(told()).toMatchObject([{ code: "data-anew", hint: expect.stringMatching(/docker restart shop-\w+-web-/) }]);
  });

  it("is none where only the container is gone, or nothing was live yet", async () => {
    const scenario = aScenario();
    await scenario.deploy("v1", { volumes });
    for (const [id, { place }] of scenario.world.state.containers)
      if (place === "base") scenario.world.state.containers.delete(id);
    await scenario.deploy("v1", { volumes });
    const codes = scenario.world.events.flatMap((event) => (event.type === "finding" ? [event.finding.code] : []));
    expect(codes).not.toContain("data-anew");
    expect(codes).not.toContain("jobs-not-run");
  });
});

describe("data next to what is checked out", () => {
  it.each([
    ["its volume is another", { db: "data2" }],
    ["it has none", {}],
  ] as const)("is seen to be gone where %s there", async (_how, checkedOut) => {
    for (const target of ["v2", "v1"]) {
      const { scenario, told, kinds } = await afterLoss();
      expect(await scenario.rollback(target, { volumes: checkedOut })).toMatchObject({ outcome: "live" });
      expect(await kinds()).toEqual(expect.arrayContaining(["base", "job"]));
      expect(told().map(({ code }) => code)).toContain("data-anew");
      expect(await anewIn(scenario)).toEqual(["db"]);
    }
  });

  it.each(["running", "exited"] as const)(
    "is not begun anew where it is %s in another volume than the release that serves has, and that one is gone",
    async (state) => {
      const scenario = aScenario({ config: aConfig({ database: { service: "db" } }) });
      await scenario.deploy("v1", { volumes });
      await scenario.deploy("v2", { volumes: { db: "data2" } });
      await scenario.rollback("v1", { volumes });
      for (const one of scenario.world.state.containers.values()) if (one.service === "db") one.state = state;
      scenario.world.state.volumes.delete("shop_pgdata");
      expect(await scenario.rollback("v1", { volumes })).toMatchObject({ outcome: "nothing-to-do" });
      expect(await anewIn(scenario)).toEqual([]);
      const codes = scenario.world.events.flatMap((event) => (event.type === "finding" ? [event.finding.code] : []));
      expect(codes).not.toContain("data-anew");
    },
  );

  it("is not begun anew by a release of before that finds it in another volume", async () => {
    const scenario = aScenario({ config: aConfig({ database: { service: "db" } }) });
    for (const tag of ["v0", "v1"]) await scenario.deploy(tag, { volumes });
    await scenario.deploy("v2", { volumes: { db: "data2" } });
    await scenario.rollback("v1", { volumes });
    scenario.world.state.volumes.delete("shop_pgdata");
    expect(await scenario.rollback("v0", { volumes })).toMatchObject({ outcome: "live", serving: { tag: "v0" } });
    const steps = (await readAttempts(scenario.world.ports().journal)).at(-1)?.start.plan.steps ?? [];
    expect(steps.map(({ kind }) => kind)).not.toContain("job");
    expect(await anewIn(scenario)).toEqual([]);
  });

  it.each(["warm", "stopped"] as const)(
    "stays in its other volume also where the checkout has none of it: back to a release that is %s",
    async (keep) => {
      const config = aConfig({ database: { service: "db" }, rollout: { keep } });
      const scenario = aScenario({ config });
      for (const tag of ["v0", "v1"]) await scenario.deploy(tag, { volumes });
      await scenario.deploy("v2", { volumes: { db: "data2" } });
      await scenario.rollback("v1", { volumes });
      await scenario.rollback("v0", { volumes });
      const { state } = scenario.world;
      const db = () => [...state.containers.values()].find(({ service }) => service === "db");
      const before = db();
      state.volumes.delete("shop_pgdata");
      const services = shopServices.filter(({ name }) => name !== "db");
      expect(await scenario.rollback("v1", { services })).toMatchObject({ outcome: "live", serving: { tag: "v1" } });
      const steps = (await readAttempts(scenario.world.ports().journal)).at(-1)?.start.plan.steps ?? [];
      expect(steps.map(({ kind }) => kind).filter((kind) => kind === "base" || kind === "job")).toEqual([]);
      expect(db()).toEqual(before);
      expect(await anewIn(scenario)).toEqual([]);
      const codes = scenario.world.events.flatMap((event) => (event.type === "finding" ? [event.finding.code] : []));
      expect(codes.filter((code) => code === "data-anew" || code === "jobs-not-run")).toEqual([]);
    },
  );

  it("is told to be without the jobs of a release of before that makes it anew, though the checkout has none", async () => {
    const scenario = aScenario({ config: aConfig({ database: { service: "db" }, rollout: { keep: "stopped" } }) });
    await scenario.deploy("v1", { volumes });
    await scenario.deploy("v2", { volumes: { db: "data2" } });
    loseData(scenario);
    const services = shopServices.filter(({ name }) => name !== "db");
    expect(await scenario.rollback("v1", { services })).toMatchObject({ outcome: "live", serving: { tag: "v1" } });
    const found = scenario.world.events.flatMap((event) => (event.type === "finding" ? [event.finding] : []));
    expect(found).toContainEqual(expect.objectContaining({ severity: "warn", code: "jobs-not-run" }));
  });

  it("is left to migrations of before where some of it runs on in another volume", async () => {
    const services = [...shopServices, aService("redis", { role: "data" })];
    const scenario = aScenario({ services });
    const own = { volumes: { ...volumes, redis: "cache" } };
    await scenario.deploy("v1", own);
    await scenario.deploy("v2", { volumes: { ...own.volumes, db: "data2" } });
    await scenario.rollback("v1", own);
    loseData(scenario, { redis: "cache" });
    scenario.world.state.volumes.delete("shop_pgdata");
    expect(await scenario.rollback("v1", own)).toMatchObject({ outcome: "live" });
    const steps = (await readAttempts(scenario.world.ports().journal)).at(-1)?.start.plan.steps ?? [];
    expect(steps.map(({ kind, target }) => `${kind} ${target}`)).toContain("base data redis");
    expect(steps.map(({ kind }) => kind)).not.toContain("job");
    expect(await anewIn(scenario)).toEqual([]);
  });
});

/** Services whose data is recorded as begun anew. */
async function anewIn({ world }: Scenario): Promise<readonly unknown[]> {
  const services: unknown[] = [];
  for await (const { type, service } of world.ports().journal.read()) {
    if (type === "database-anew") services.push(service);
  }
  return services;
}

describe("where no database is named, and several services hold data", () => {
  const own = { volumes: { ...volumes, redis: "cache" } };
  const afterLossOf = async (lost: Readonly<Record<string, string>>) => {
    const services = [...shopServices, aService("redis", { role: "data" })];
    const scenario = aScenario({ services, config: aConfig({ rollout: { keep: "removed" } }) });
    await scenario.deploy("v1", own);
    await scenario.deploy("v2", own);
    loseData(scenario, lost);
    const kinds = async () =>
      (await readAttempts(scenario.world.ports().journal)).at(-1)?.start.plan.steps.map(({ kind }) => kind);
    return { scenario, kinds };
  };
  const found = ({ world }: Scenario) =>
    world.events.flatMap((event) =>
      event.type === "finding" ? [`${event.finding.code} ${event.finding.service}`] : [],
    );

  it("the loss of one is told and runs no migration again: the other may be what they are of", async () => {
    const { scenario, kinds } = await afterLossOf({ redis: "cache" });
    expect(await scenario.deploy("v2", own)).toMatchObject({ outcome: "live" });
    expect(await kinds()).toEqual(["base", "verify"]);
    expect(found(scenario)).toContain("data-anew redis");
    loseData(scenario, { redis: "cache" });
    expect(await scenario.rollback("v1", own)).toMatchObject({ outcome: "live" });
    expect(await kinds()).not.toContain("job");
  });

  it.each(["deploy", "rollback"] as const)(
    "that they do not run for it is told, where it has jobs: %s",
    async (verb) => {
      const { scenario, kinds } = await afterLossOf({ redis: "cache" });
      expect(await scenario[verb]("v2", own)).toMatchObject({ outcome: "live" });
      expect(await kinds()).toEqual(["base", "verify"]);
      const told = scenario.world.events.flatMap((event) => (event.type === "finding" ? [event.finding] : []));
      const message = expect.stringMatching(/^migrate will not run: v2 was live before, .*; redis is made anew here$/);
      expect(told).toContainEqual(expect.objectContaining({ severity: "warn", code: "jobs-not-run", message }));
    },
  );

  it("the loss of all runs them again", async () => {
    const { scenario, kinds } = await afterLossOf({ db: "pgdata", redis: "cache" });
    expect(await scenario.deploy("v2", own)).toMatchObject({ outcome: "live" });
    expect(await kinds()).toEqual(["base", "base", "job", "verify"]);
    expect(found(scenario)).toEqual(expect.arrayContaining(["data-anew db", "data-anew redis"]));
  });
});

describe("a database in a volume of a service in slots", () => {
  it("is told of where the volume is gone", async () => {
    const services = [aService("web")];
    const config = aConfig({ database: { service: "web", kind: "sqlite", file: "/data/app.db" } });
    const scenario = aScenario({ services, config });
    const own = { volumes: { web: "sqlite" } };
    await scenario.deploy("v1", own);
    scenario.world.state.containers.clear();
    scenario.world.state.volumes.clear();
    await scenario.deploy("v1", own);
    const found = scenario.world.events.flatMap((event) => (event.type === "finding" ? [event.finding] : []));
    expect(found.map(({ code, service }) => `${code} ${service}`)).toContain("data-anew web");
  });
});

import { aConfig, aService } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import { aScenario, type Scenario, shopServices } from "../../test/support/scenario.ts";
import { bundleOf } from "../record/journal-entries.ts";
import { lastAttempt, readAttempts } from "../record/read-attempts.ts";

/** v2 serves, and the record is given what came of its data since. */
async function afterV2() {
  const scenario = aScenario({ config: aConfig({ database: { service: "db", rehearsal: "warn" } }) });
  await scenario.deploy("v1");
  await scenario.deploy("v2");
  const { journal, bundles } = scenario.world.ports();
  const attempts = await readAttempts(journal);
  const backup = attempts
    .at(-1)
    ?.outcomes.flatMap(({ data }) => data?.["backup"] ?? [])
    .at(0);
  const v2 = (await bundles.list()).find(({ tag }) => tag === "v2")?.id;
  const record = (what: string, fields: object) =>
    journal.append({ type: `database-${what}`, result: "done", ...fields });
  const kindsOf = async () => (await readAttempts(journal)).at(-1)?.start.plan.steps.map(({ kind }) => kind);
  const told = () => scenario.world.events.flatMap((event) => (event.type === "finding" ? [event.finding.code] : []));
  return { scenario, backup, v2, record, kindsOf, told };
}

const migrating = ["backup", "rehearse", "job"];

describe("a release that was live, where data of before its migration was put back", () => {
  it("runs its migration again when it is deployed again, after a backup and a rehearsal", async () => {
    const { scenario, backup, record, kindsOf, told } = await afterV2();
    await record("restore", { backup });
    await scenario.rollback("v1");
    expect(await scenario.deploy("v2")).toMatchObject({ outcome: "live" });
    expect(await kindsOf()).toEqual(expect.arrayContaining(migrating));
    expect(told()).not.toContain("jobs-not-run");
    expect(scenario.world.violations).toEqual([]);
    // Once is enough.
    await scenario.rollback("v1");
    await scenario.deploy("v2");
    expect(await kindsOf()).not.toContain("job");
  });

  it("does not run it again where that was another database of the project", async () => {
    const { scenario, backup, record, kindsOf } = await afterV2();
    await record("restore", { backup, service: "analytics" });
    await scenario.rollback("v1");
    await scenario.deploy("v2");
    expect(await kindsOf()).not.toContain("job");
  });

  it("runs it again also where the migration was taken back", async () => {
    const { scenario, v2, record, kindsOf } = await afterV2();
    await record("migrate-down", { release: v2 });
    await scenario.rollback("v1");
    await scenario.deploy("v2");
    expect(await kindsOf()).toEqual(expect.arrayContaining(migrating));
  });

  it("does not where the restore was undone, or it has run by hand since", async () => {
    const { scenario, backup, v2, record, kindsOf } = await afterV2();
    await record("restore", { backup });
    await record("restore-undo", { backup });
    await scenario.rollback("v1");
    await scenario.deploy("v2");
    expect(await kindsOf()).not.toContain("job");
    await record("restore", { backup });
    await record("migrate", { release: v2 });
    await scenario.rollback("v1");
    await scenario.deploy("v2");
    expect(await kindsOf()).not.toContain("job");
  });

  it("is told to want it where it serves still, and where a later one may have brought it", async () => {
    const { scenario, backup, record, told } = await afterV2();
    await record("restore", { backup });
    expect(await scenario.deploy("v2")).toMatchObject({ outcome: "nothing-to-do" });
    expect(told()).toEqual(["jobs-not-run"]);
    expect(await scenario.rollback("v2")).toMatchObject({ outcome: "nothing-to-do" });
    expect(told()).toEqual(["jobs-not-run", "jobs-not-run"]);
    await scenario.deploy("v3");
    expect(await scenario.rollback("v2")).toMatchObject({ outcome: "live" });
    expect(told()).toEqual(["jobs-not-run", "jobs-not-run", "jobs-not-run"]);
  });
});

describe("a deployment that was killed after its migration, where data of before was put back since", () => {
  const config = aConfig({ database: { service: "db", rehearsal: "warn" }, rollout: { steps: [50, 100] } });

  /** v2 is killed before an effect, and the record is given what came of its data since. */
  async function killedAt(effect: string, what: string, services = shopServices) {
    const scenario = aScenario({ config, services });
    await scenario.deploy("v1");
    const { world } = scenario;
    world.restart();
    world.calls.fault = ({ name }) => (name === effect ? "crash" : undefined);
    await scenario.deploy("v2").catch(() => undefined);
    expect(world.calls.log.at(-1)).toBe(effect);
    world.restart();
    const { journal } = world.ports();
    const attempt = await lastAttempt(journal);
    const backup = attempt?.outcomes.flatMap(({ data }) => data?.["backup"] ?? []).at(0);
    const fields = what === "restore" ? { backup } : { release: attempt && bundleOf(attempt) };
    await journal.append({ type: `database-${what}`, result: "done", service: "db", ...fields });
    const told = () => world.events.flatMap((event) => (event.type === "finding" ? [event.finding] : []));
    /** Kinds of the steps that are done from now on. */
    const begunSince = () => {
      const from = world.events.length;
      return () => world.events.slice(from).flatMap((event) => (event.type === "step-start" ? [event.kind] : []));
    };
    return { scenario, world, told, begunSince };
  }

  it.each(["restore", "migrate-down"])("migrates again when it is finished, with the same care: %s", async (what) => {
    const { scenario, world, told, begunSince } = await killedAt("journal.append step-intent start-1", what);
    const begun = begunSince();
    expect(await scenario.recover("finish")).toMatchObject({ outcome: "live", serving: { tag: "v2" } });
    expect(begun().slice(0, 4)).toEqual(["backup", "rehearse", "job", "start"]);
    expect(told().map(({ code }) => code)).not.toContain("jobs-not-run");
    expect(world.violations).toEqual([]);
  });

  it("does so also where it was killed in its migration, which leaves the slot to be made", async () => {
    const { scenario, world, begunSince } = await killedAt("journal.append step-outcome job-1", "restore");
    for (const [id, { place }] of world.state.containers) if (place === "green") world.state.containers.delete(id);
    const begun = begunSince();
    expect(await scenario.recover("finish")).toMatchObject({ outcome: "live", serving: { tag: "v2" } });
    expect(begun().slice(0, 4)).toEqual(["backup", "rehearse", "job", "start"]);
    expect(world.violations).toEqual([]);
  });

  it("keeps its users where some are there, and proves it on the data as it is then", async () => {
    const { scenario, world, begunSince } = await killedAt("journal.append step-intent shift-2", "restore");
    const begun = begunSince();
    expect(await scenario.recover("finish")).toMatchObject({ outcome: "live", serving: { tag: "v2" } });
    expect(begun().slice(0, 6)).toEqual(["backup", "rehearse", "job", "start", "verify", "shift"]);
    expect(world.violations).toEqual([]);
  });

  it.each([
    ["restore", (scenario: Scenario) => scenario.deploy("v3"), "v3"],
    ["migrate-down", (scenario: Scenario) => scenario.deploy("v3"), "v3"],
    ["restore", (scenario: Scenario) => scenario.recover(), "v2"],
  ])("is told to want it where nobody asks for that, after the cutover: %s, %s", async (what, next, tag) => {
    const { scenario, world, told, begunSince } = await killedAt("journal.append step-intent workers-1", what);
    const { journal } = world.ports();
    const attempt = await lastAttempt(journal);
    const begun = begunSince();
    expect(await next(scenario)).toMatchObject({ outcome: "live", serving: { tag } });
    const deployment = attempt?.start.deployment;
    const again = (await readAttempts(journal)).find(({ start }) => start.deployment === deployment);
    expect(again?.begun.filter((id) => id.startsWith("job"))).toEqual(["job-1"]);
    expect(begun()[0]).toBe("workers");
    expect(told()).toContainEqual(
      expect.objectContaining({ code: "jobs-not-run", hint: "to run it: sluice db migrate v2" }),
    );
    expect(world.violations).toEqual([]);
  });

  it("goes on where it was killed meanwhile: with no other backup, once that would hold what has begun", async () => {
    const both = [...shopServices, aService("seed", { role: "job", dependsOn: ["migrate"] })];
    const { scenario, world, begunSince } = await killedAt("journal.append step-intent start-1", "restore", both);
    world.calls.fault = ({ name }) => (name === "journal.append step-intent job-2" ? "crash" : undefined);
    await scenario.recover("finish").catch(() => undefined);
    world.restart();
    const begun = begunSince();
    expect(await scenario.recover("finish")).toMatchObject({ outcome: "live", serving: { tag: "v2" } });
    expect(begun().slice(0, 2)).toEqual(["job", "start"]);
    expect(world.violations).toEqual([]);
  });

  it("is not left with the half of it that a person had run again: whoever comes next has it done", async () => {
    const { scenario, world, begunSince } = await killedAt("journal.append step-intent workers-1", "restore");
    world.calls.fault = ({ name }) => (name === "journal.append step-outcome job-1" ? "crash" : undefined);
    await scenario.recover("finish").catch(() => undefined);
    expect(world.calls.log.at(-1)).toBe("journal.append step-outcome job-1");
    world.restart();
    const begun = begunSince();
    expect(await scenario.recover()).toMatchObject({ outcome: "live", serving: { tag: "v2" } });
    expect(begun()[0]).toBe("job");
  });

  it("is told to want it once it is promoted: it is finished, and nothing of it is done again", async () => {
    const { scenario, told, begunSince } = await killedAt("journal.append step-outcome promote-1", "restore");
    const begun = begunSince();
    expect(await scenario.recover("finish")).toMatchObject({ outcome: "live", serving: { tag: "v2" } });
    expect(begun()).not.toContain("job");
    expect(told()).toContainEqual(
      expect.objectContaining({
        code: "jobs-not-run",
        message: expect.stringMatching(/^migrate will not run: this deployment has run it, and/),
        hint: "to run it: sluice db migrate v2",
      }),
    );
  });

  it("is told of it where a restore was killed, as it may have taken place", async () => {
    const { scenario, world, told, begunSince } = await killedAt("journal.append step-intent start-1", "backup");
    const { journal } = world.ports();
    await journal.append({ type: "database-restore", result: "begun", service: "db", backup: "backup-1" });
    const begun = begunSince();
    expect(await scenario.recover("finish")).toMatchObject({ outcome: "live", serving: { tag: "v2" } });
    expect(begun()).not.toContain("job");
    expect(told()).toContainEqual(expect.objectContaining({ code: "jobs-not-run" }));
  });

  describe("of an application that migrates as it starts", () => {
    const without = shopServices
      .filter(({ role }) => role !== "job")
      .map((service) => ({ ...service, dependsOn: service.dependsOn.filter((name) => name !== "migrate") }));

    it.each(["restore", "migrate-down"])("starts anew when it is finished, with the same care: %s", async (what) => {
      const { scenario, world, told, begunSince } = await killedAt(
        "journal.append step-intent verify-1",
        what,
        without,
      );
      const old = [...world.state.containers.values()].filter(({ place }) => place === "green").map(({ id }) => id);
      const begun = begunSince();
      expect(await scenario.recover("finish")).toMatchObject({ outcome: "live", serving: { tag: "v2" } });
      expect(begun().slice(0, 5)).toEqual(["backup", "rehearse", "networks", "create", "start"]);
      expect(old.filter((id) => world.state.containers.has(id))).toEqual([]);
      expect(told().map(({ code }) => code)).not.toContain("jobs-not-run");
      expect(world.violations).toEqual([]);
    });

    it.each(["restore", "migrate-down"])("starts anew also where it was killed as it started: %s", async (what) => {
      const { scenario, world, begunSince } = await killedAt("journal.append step-outcome start-1", what, without);
      const old = [...world.state.containers.values()].filter(({ place }) => place === "green").map(({ id }) => id);
      const begun = begunSince();
      expect(await scenario.recover("finish")).toMatchObject({ outcome: "live", serving: { tag: "v2" } });
      expect(begun().slice(0, 5)).toEqual(["backup", "rehearse", "networks", "create", "start"]);
      expect(old.filter((id) => world.state.containers.has(id))).toEqual([]);
      expect(world.violations).toEqual([]);
    });

    it("goes on where it was killed as it started, on data that was put back before", async () => {
      const { scenario, world, begunSince } = await killedAt("journal.append step-outcome start-1", "restore", without);
      world.calls.fault = ({ name }) => (name === "journal.append step-outcome start-1" ? "crash" : undefined);
      await scenario.recover("finish").catch(() => undefined);
      world.restart();
      const begun = begunSince();
      expect(await scenario.recover("finish")).toMatchObject({ outcome: "live", serving: { tag: "v2" } });
      expect(begun()[0]).toBe("start");
      expect(world.violations).toEqual([]);
    });

    it("goes on where it was killed meanwhile, with no other backup", async () => {
      const { scenario, world, begunSince } = await killedAt("journal.append step-intent verify-1", "restore", without);
      world.calls.fault = ({ name }) => (name === "journal.append step-outcome start-1" ? "crash" : undefined);
      await scenario.recover("finish").catch(() => undefined);
      world.restart();
      const begun = begunSince();
      expect(await scenario.recover("finish")).toMatchObject({ outcome: "live", serving: { tag: "v2" } });
      expect(begun().slice(0, 3)).toEqual(["networks", "create", "start"]);
      expect(world.violations).toEqual([]);
    });

    it("stays up where users are there, proves itself on the data as it is then, and is told of", async () => {
      const { scenario, world, told, begunSince } = await killedAt(
        "journal.append step-intent shift-2",
        "restore",
        without,
      );
      const begun = begunSince();
      expect(await scenario.recover("finish")).toMatchObject({ outcome: "live", serving: { tag: "v2" } });
      expect(begun().slice(0, 2)).toEqual(["verify", "shift"]);
      expect(begun()).not.toContain("start");
      expect(told()).toContainEqual(
        expect.objectContaining({
          code: "jobs-not-run",
          message: expect.stringMatching(/^web will not start anew: it migrated as it started, and/),
        }),
      );
      expect(world.violations).toEqual([]);
    });
  });
});

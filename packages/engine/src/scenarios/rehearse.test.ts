import { type RehearsalOutcome, SluiceError } from "@sluice/core";
import { aConfig, aRequest, nothingSeen } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import { aScenario, reached } from "../../test/support/scenario.ts";
import { readAttempts } from "../record/read-attempts.ts";

const finding = { code: "previous-fails", severity: "block", message: "v1 does not run on the new schema" } as const;
const blocking: RehearsalOutcome = {
  verdict: "block",
  previous: { result: "fail", why: "status 500" },
  findings: [finding],
  backup: "backup-1",
  seen: nothingSeen,
};

async function afterV1(rehearsal: "warn" | "block") {
  const scenario = aScenario({ config: aConfig({ database: { service: "db", rehearsal } }) });
  await scenario.deploy("v1");
  scenario.world.restart();
  const effects: string[] = [];
  scenario.world.calls.fault = ({ name }) => void effects.push(name);
  return { scenario, effects };
}

describe("a rehearsal in a deployment", () => {
  it("comes after the backup and before anything that changes the database", async () => {
    const { scenario, effects } = await afterV1("block");
    expect((await scenario.deploy("v2")).outcome).toBe("live");
    const at = (name: string) => effects.findIndex((effect) => effect.startsWith(name));
    expect(at("rehearser.rehearse db")).toBeGreaterThan(at("backups.take db"));
    expect(at("slots.create")).toBeGreaterThan(at("rehearser.rehearse db"));
  });

  it("that saw the release before run on what the migration makes says so to whoever runs it, and no other does", async () => {
    const { scenario } = await afterV1("warn");
    await scenario.deploy("v2");
    const ran = () => scenario.world.calls.log.findLast((name) => name.startsWith("migrations.run"));
    expect(ran()).toBe("migrations.run on db, on which the previous was seen to run");
    scenario.world.restart();
    scenario.world.state.rehearsal = { ...blocking, previous: { result: "not-tested", why: "no checks" } };
    await scenario.deploy("v3");
    expect(ran()).toBe("migrations.run on db");
  });

  it("that finds what must not be stops it: nothing of the candidate starts, and users notice nothing", async () => {
    const { scenario, effects } = await afterV1("block");
    scenario.world.state.rehearsal = blocking;
    const result = await scenario.deploy("v2");
    expect(result).toMatchObject({ outcome: "failed", exitCode: 20 });
    expect(effects.filter((name) => /^slots\.(create|runJob|start)/.test(name))).toEqual([]);
    expect(reached(scenario)).toEqual({ web: ["v1"] });
    expect(scenario.world.violations).toEqual([]);
  });

  it("is on record with what it saw, also where it ends the deployment", async () => {
    const { scenario } = await afterV1("block");
    scenario.world.state.rehearsal = blocking;
    await scenario.deploy("v2");
    const attempt = (await readAttempts(scenario.world.ports().journal)).at(-1);
    const seen = attempt?.outcomes.flatMap(({ observations = [] }) => observations);
    expect(seen).toContainEqual(
      expect.objectContaining({ type: "rehearsal", step: "rehearse-1", rehearsal: blocking }),
    );
  });

  it("that says the version before fails keeps a bad verdict from leading users back to it unasked", async () => {
    const { scenario } = await afterV1("warn");
    const { world } = scenario;
    world.state.rehearsal = blocking;
    world.behaviours.set("v2", { verdict: { check: "errors", result: "fail", value: "20 %", limit: "1 %", n: 300 } });
    const watched = aConfig({
      database: { service: "db", rehearsal: "warn" },
      rollout: { steps: [{ share: 10, for: "5s" }, 100], bake: "5s" },
      analysis: { enabled: true },
    });
    const result = await scenario.deploy("v2", { config: watched });
    expect(result).toMatchObject({ outcome: "needs-person", exitCode: 30 });
    expect(result.reason).toContain("v1 does not run on the migrated data");
    expect(reached(scenario)).toEqual({ web: ["v2", "v1"] });
    // The run that takes it up knows it still: it goes on once as a person says, and stops at the next bad verdict.
    world.restart();
    const push = world.events.push.bind(world.events);
    let asked = 0;
    world.events.push = (...events) => {
      const isAsked = events.some((event) => event.type === "person-wanted");
      if (isAsked && asked === 0) void world.order("resume");
      if (isAsked) asked += 1;
      return push(...events);
    };
    expect(await scenario.recover("finish", { config: watched })).toMatchObject({ outcome: "needs-person" });
    expect(asked).toBe(2);
  });

  it("that saw the release before fail closes the way back to it, until data is put back or somebody accepts it", async () => {
    const { scenario } = await afterV1("block");
    const { world } = scenario;
    world.state.rehearsal = { ...blocking, verdict: "warn", findings: [{ ...finding, severity: "warn" }] };
    expect((await scenario.deploy("v2", { acceptIncompatible: true })).outcome).toBe("live");
    await expect(scenario.rollback()).rejects.toMatchObject({
      code: "DATA_INCOMPATIBLE",
      exitCode: 10,
      message: "v1 does not run on the schema that v2 left: status 500",
    });
    expect(reached(scenario)).toEqual({ web: ["v2"] });
    await world.ports().journal.append({ type: "database-migrate-down", result: "failed" });
    await expect(scenario.rollback()).rejects.toMatchObject({ code: "DATA_INCOMPATIBLE" });
    await world.ports().journal.append({ type: "database-migrate-down", result: "done" });
    expect((await scenario.rollback()).outcome).toBe("live");
    expect(reached(scenario)).toEqual({ web: ["v1"] });
  });

  it("that saw the release before fail closes a deployment of it, too, under whatever tag", async () => {
    const { scenario } = await afterV1("warn");
    scenario.world.state.rehearsal = blocking;
    const commit = (tag: string) => ({ request: { commit: aRequest(tag).commit } });
    expect((await scenario.deploy("v2")).outcome).toBe("live");
    // What serves is deployed again as ever.
    expect((await scenario.deploy("v2")).outcome).toBe("nothing-to-do");
    for (const tag of ["v1", "v1-rollback.1"]) {
      await expect(scenario.deploy(tag, commit("v1"))).rejects.toMatchObject({
        code: "DATA_INCOMPATIBLE",
        message: "v1 does not run on the schema that v2 left: status 500",
      });
    }
    expect(reached(scenario)).toEqual({ web: ["v2"] });
    const accepted = { ...commit("v1"), acceptIncompatible: true };
    expect((await scenario.deploy("v1-rollback.1", accepted)).outcome).toBe("live");
    expect((await scenario.deploy("v1", commit("v1"))).outcome).toBe("nothing-to-do");
  });

  it("that saw it fail closes it again where that schema is back: the restore was undone, or the migration has run again", async () => {
    const { scenario } = await afterV1("block");
    const { world } = scenario;
    world.state.rehearsal = { ...blocking, verdict: "warn", findings: [{ ...finding, severity: "warn" }] };
    expect((await scenario.deploy("v2", { acceptIncompatible: true })).outcome).toBe("live");
    const { journal, bundles } = world.ports();
    const attempt = (await readAttempts(journal)).at(-1);
    const backup = attempt?.outcomes.flatMap(({ data }) => data?.["backup"] ?? []).at(0);
    const release = (await bundles.list()).find(({ tag }) => tag === "v2")?.id;
    const record = (what: string, fields: object) =>
      journal.append({ type: `database-${what}`, result: "done", ...fields });
    const refused = () => expect(scenario.rollback()).rejects.toMatchObject({ code: "DATA_INCOMPATIBLE" });
    await record("restore", { backup });
    await record("restore-undo", { backup });
    await refused();
    await record("restore", { backup });
    await record("migrate", { release });
    await refused();
    await record("backup", { backup: "of-v2", release });
    await record("restore", { backup: "of-v2", release });
    await refused();
    await record("restore", { backup });
    expect((await scenario.rollback()).outcome).toBe("live");
  });

  it.each([
    ["that ended before its rehearsal", (name: string) => name.startsWith("images.build")],
    ["whose rehearsal could not be done", (name: string) => name.startsWith("rehearser.rehearse")],
  ])("that saw it fail keeps it closed after an attempt %s", async (_, isFaulty) => {
    const { scenario } = await afterV1("warn");
    const { world } = scenario;
    world.state.rehearsal = blocking;
    expect((await scenario.deploy("v2")).outcome).toBe("live");
    expect((await scenario.rollback("v1", { acceptIncompatible: true })).outcome).toBe("live");
    world.calls.fault = ({ name }) => (isFaulty(name) ? new SluiceError("BUILD_FAILED", "no") : undefined);
    expect((await scenario.deploy("v3")).outcome).toBe("failed");
    world.calls.fault = () => undefined;
    expect((await scenario.deploy("v2")).outcome).toBe("live");
    await expect(scenario.rollback()).rejects.toMatchObject({ code: "DATA_INCOMPATIBLE" });
  });

  it("that could not try the release before takes nothing back of what one before it saw", async () => {
    const { scenario } = await afterV1("warn");
    const { world } = scenario;
    world.state.rehearsal = blocking;
    await scenario.deploy("v2");
    await scenario.rollback("v1", { acceptIncompatible: true });
    world.state.rehearsal = { ...blocking, verdict: "pass", previous: { result: "not-tested", why: "" }, findings: [] };
    expect((await scenario.deploy("v3")).outcome).toBe("live");
    await expect(scenario.rollback("v1")).rejects.toMatchObject({ code: "DATA_INCOMPATIBLE" });
  });

  it("does not close it for who accepts it, which is on record", async () => {
    const { scenario } = await afterV1("warn");
    scenario.world.state.rehearsal = blocking;
    await scenario.deploy("v2");
    expect((await scenario.rollback("v1", { acceptIncompatible: true })).outcome).toBe("live");
    const starts = [];
    for await (const record of scenario.world.ports().journal.read()) {
      if (record.type === "deployment-start") starts.push(record["consents"]);
    }
    expect(starts.at(-1)).toEqual(["incompatible: the release before may not run on the new schema"]);
  });

  it("that passed, or whose migration never ran, leaves the way back open", async () => {
    const { scenario } = await afterV1("block");
    expect((await scenario.deploy("v2")).outcome).toBe("live");
    expect((await scenario.rollback()).outcome).toBe("live");
    scenario.world.state.rehearsal = blocking;
    expect((await scenario.deploy("v3")).outcome).toBe("failed");
    expect((await scenario.rollback("v2")).outcome).toBe("live");
    expect((await scenario.rollback("v1")).outcome).toBe("live");
  });

  it("only tells where that is all that was asked for", async () => {
    const { scenario } = await afterV1("warn");
    const { world } = scenario;
    world.state.rehearsal = blocking;
    expect((await scenario.deploy("v2")).outcome).toBe("live");
    const texts = world.events.flatMap((event) => (event.type === "step-progress" ? [event.text] : []));
    expect(texts).toContain("block: v1 does not run on the new schema [previous-fails]");
  });
});

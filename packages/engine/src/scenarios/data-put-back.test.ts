import { aConfig } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import { aScenario } from "../../test/support/scenario.ts";
import { readAttempts } from "../record/read-attempts.ts";

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

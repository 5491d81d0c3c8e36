import type { ServiceFacts } from "@sluice/core";
import { aConfig, aProject, aService } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import { problemsOf } from "../../test/support/enumerate.ts";
import { aScenario, reached, type Scenario, shopServices } from "../../test/support/scenario.ts";
import { base } from "../actions/prepare.ts";

const mailer = aService("mailer", { role: "worker", strategy: "recreate" });
const on = [...shopServices, mailer];
const off = [...shopServices, { ...mailer, ...under("mail") }];

/** What a service is whose profile is not active. */
function under(...inactiveProfiles: readonly string[]) {
  return { active: false, inactiveProfiles };
}

/** Services with containers in base. */
function inBase({ world }: Scenario): readonly string[] {
  return [...world.state.containers.values()].flatMap(({ place, service }) => (place === "base" ? service : [])).sort();
}

it("a profile that is switched on or off for the release that serves makes another release of it", async () => {
  const scenario = aScenario({ services: off });
  await scenario.deploy("v1");
  expect(inBase(scenario)).toEqual(["db"]);
  const first = [...scenario.world.state.bundles.keys()];
  expect(await scenario.deploy("v1", { services: on })).toMatchObject({ outcome: "live", serving: { tag: "v1" } });
  expect(inBase(scenario)).toEqual(["db", "mailer"]);
  expect(reached(scenario)).toEqual({ web: ["v1"] });
  expect(await scenario.deploy("v1", { services: on })).toMatchObject({ outcome: "nothing-to-do" });
  expect(await scenario.deploy("v1", { acceptDropped: true })).toMatchObject({ outcome: "live" });
  expect(inBase(scenario)).toEqual(["db"]);
  expect(scenario.world.state.bundles.size).toBe(2);
  expect(await scenario.deploy("v1")).toMatchObject({ outcome: "nothing-to-do", serving: { release: first[0] } });
});

it("a release with fewer services takes the images of those that it has", async () => {
  const scenario = aScenario({ services: on });
  await scenario.deploy("v1");
  const sameCommit = { services: off, request: { commit: "commit-of-v1" } };
  expect(await scenario.deploy("v2", { ...sameCommit, acceptDropped: true })).toMatchObject({ outcome: "live" });
  const { bundle } = [...scenario.world.state.bundles.values()].at(-1) ?? {};
  expect(bundle).toMatchObject({ tag: "v2", images: { web: "sha256:web-v1" } });
  expect([bundle?.images, bundle?.imageTags].flatMap((all = {}) => Object.keys(all))).not.toContain("mailer");
});

it("a step for what the release does not run fails", async () => {
  const scenario = aScenario({ services: off });
  await scenario.deploy("v1");
  const [release] = scenario.world.state.bundles.values();
  const [step, scope] = [{ service: "mailer" }, { release, run: {}, ports: scenario.world.ports() }];
  await expect(base.run(step as never, scope as never, { options: {} } as never)).rejects.toMatchObject({
    code: "RELEASE_UNKNOWN",
    message: "release v1 has no active service mailer",
  });
});

describe("what a profile that is not active any more has left in base", () => {
  const mails = aService("mails", { role: "support", builds: false });
  const archive = aService("archive", { role: "data", builds: false });
  const left = [mailer, mails, archive];
  const having = [...shopServices, ...left];
  const without = [...shopServices, ...left.map((service) => ({ ...service, ...under("more") }))];
  const leaving = { services: without, acceptDropped: true };
  const all = ["archive", "db", "mailer", "mails"];

  it("is removed when the release without it is live; data stays, and is named", async () => {
    const scenario = aScenario({ services: having });
    await scenario.deploy("v1");
    expect(await scenario.deploy("v2", leaving)).toMatchObject({ outcome: "live" });
    expect(inBase(scenario)).toEqual(["archive", "db"]);
    const texts = scenario.world.events.flatMap((event) =>
      event.type === "plan" ? [event.text] : event.type === "finding" ? [event.finding.message] : [],
    );
    expect(texts.join("\n")).toMatch(
      /remove +worker mailer +\(mailer is in none of the active profiles; its volumes stay\)/,
    );
    expect(texts.join("\n")).toMatch(
      /archive is in none of the active profiles, and \S+ runs on: data is never removed/,
    );
    expect(await problemsOf(scenario)).toEqual([]);
  });

  it.each(["warm", "removed"] as const)(
    "comes back with the release before, and goes with the one after, %s",
    async (keep) => {
      for (const services of [having, without]) {
        const scenario = aScenario({ services: having, config: aConfig({ rollout: { keep } }) });
        await scenario.deploy("v1");
        await scenario.deploy("v2", leaving);
        expect(await scenario.rollback(undefined, { services })).toMatchObject({ serving: { tag: "v1" } });
        expect(inBase(scenario)).toEqual(all);
        expect(await scenario.rollback("v2", { services })).toMatchObject({ serving: { tag: "v2" } });
        expect(inBase(scenario)).toEqual(["archive", "db"]);
        expect(await problemsOf(scenario)).toEqual([]);
      }
    },
  );

  it("goes where plain Compose had made it; what a person starts later stays", async () => {
    const scenario = aScenario({ services: having });
    const byHand = aProject({ services: [mails] });
    scenario.world.runPlain(byHand);
    await scenario.deploy("v1");
    await scenario.deploy("v2", leaving);
    expect(inBase(scenario)).toEqual(["archive", "db"]);
    scenario.world.runPlain(byHand);
    await scenario.deploy("v3", { services: without });
    expect(inBase(scenario)).toEqual(["archive", "db", "mails"]);
  });
});

describe("a profile that is not active although what serves needs it", () => {
  const dropping = [...off.slice(1), { ...aService("web"), ...under("prod") }];
  const containersOf = ({ world }: Scenario) =>
    [...world.state.containers.values()].map(({ name, state }) => `${name} ${state}`);
  const refusedWith = async (scenario: Scenario, services: readonly ServiceFacts[]) => {
    const before = containersOf(scenario);
    const error: unknown = await scenario.deploy("v2", { services }).catch((caught: unknown) => caught);
    expect(containersOf(scenario)).toEqual(before);
    return error;
  };
  const codes = ({ world }: Scenario) =>
    world.events.flatMap((event) =>
      event.type === "finding" && event.finding.code.includes("active")
        ? [`${event.finding.severity} ${event.finding.code} ${event.finding.service ?? ""}`.trim()]
        : [],
    );

  it("refuses a deployment that would end a service, with each in the detail", async () => {
    const scenario = aScenario({ services: on });
    await scenario.deploy("v1");
    expect(await refusedWith(scenario, dropping)).toMatchObject({
      code: "PREFLIGHT_FAILED",
      message: expect.stringMatching(/^mailer is part of what serves, .* under profile mail, which is not active$/),
      hint: expect.stringContaining("--accept-dropped"),
      detail: expect.stringContaining("web is part of what serves"),
    });
    expect(codes(scenario)).toEqual(["error profile-not-active mailer", "error profile-not-active web"]);
    expect(reached(scenario)).toEqual({ web: ["v1"] });
  });

  it("ends it where that is agreed to, on record; a way back asks nobody", async () => {
    const scenario = aScenario({ services: on });
    await scenario.deploy("v1");
    expect(await scenario.deploy("v2", { services: dropping, acceptDropped: true })).toMatchObject({ outcome: "live" });
    expect(codes(scenario)).toEqual(["warn profile-not-active mailer", "warn profile-not-active web"]);
    const start = scenario.world.state.records.findLast(({ type }) => type === "deployment-start");
    expect(start).toMatchObject({ consents: [expect.stringMatching(/^dropped: /)] });
    expect(reached(scenario)).toEqual({ web: ["lost"] });
    expect(await scenario.rollback("v1", { services: dropping })).toMatchObject({ serving: { tag: "v1" } });
    expect(reached(scenario)).toEqual({ web: ["v1"] });
    expect(await scenario.rollback("v2", { services: on })).toMatchObject({ serving: { tag: "v2" } });
  });

  it("refuses a release of which nothing would run, whoever agrees", async () => {
    const none = on.map((service) => ({ ...service, ...under("prod") }));
    const message = "no service of the release is active: each is under profiles (prod), and none of those is active";
    const scenario = aScenario({ services: on });
    await scenario.deploy("v1");
    expect(await refusedWith(scenario, none)).toMatchObject({ code: "PREFLIGHT_FAILED", message });
    const anew = aScenario({ services: none });
    expect(await refusedWith(anew, none)).toMatchObject({ code: "PREFLIGHT_FAILED", message });
    expect(codes(anew)).toEqual(["error no-active-service"]);
    await expect(anew.deploy("v1", { acceptDropped: true })).rejects.toMatchObject({ code: "PREFLIGHT_FAILED" });
    expect([...anew.world.state.containers]).toEqual([]);
  });
});

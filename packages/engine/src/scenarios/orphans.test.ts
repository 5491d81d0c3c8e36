import { type ServiceFacts, SluiceError } from "@sluice/core";
import { aConfig, aProject, aService } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import { killEverywhere, problemsOf } from "../../test/support/enumerate.ts";
import { aScenario, reached, type Scenario, shopServices } from "../../test/support/scenario.ts";

const mailer = aService("mailer", { role: "worker", strategy: "recreate" });
const mails = aService("mails", { role: "support", builds: false });
const archive = aService("archive", { role: "data", builds: false });
const before = [...shopServices, mailer, mails, archive];

/** Services with containers in base, and their state. */
function inBase({ world }: Scenario): readonly string[] {
  return [...world.state.containers.values()]
    .filter(({ place }) => place === "base" || place === "plain")
    .map(({ service, state }) => `${service} ${state}`)
    .toSorted();
}

/** The last plan, as people see it. */
function lastPlan({ world }: Scenario): string {
  return world.events.flatMap((event) => (event.type === "plan" ? [event.text] : [])).at(-1) ?? "";
}

function findings({ world }: Scenario): readonly string[] {
  return world.events.flatMap((event) =>
    event.type === "finding" && event.finding.code.startsWith("orphan")
      ? [`${event.finding.severity} ${event.finding.code} ${event.finding.message} -> ${event.finding.hint}`]
      : [],
  );
}

const all = ["archive running", "db running", "mailer running", "mails running"];
const left = ["archive running", "db running"];

describe("services of base that a release has no more", () => {
  it("are removed when it is live, as the plan says; data stays, and is named", async () => {
    const scenario = aScenario({ services: before });
    await scenario.deploy("v1");
    expect(inBase(scenario)).toEqual(all);
    expect(await scenario.deploy("v2", { services: shopServices })).toMatchObject({ outcome: "live" });
    expect(inBase(scenario)).toEqual(left);
    expect(lastPlan(scenario)).toMatch(
      /promote .*(?:\n.*)*remove +worker mailer +\(the release has no mailer; its volumes stay\)/,
    );
    expect(lastPlan(scenario)).toMatch(/remove +support mails /);
    expect(lastPlan(scenario)).not.toContain("archive");
    expect(findings(scenario)).toEqual([
      expect.stringMatching(
        /^warn orphan-data the release has no archive, and (\S+) runs on: data is never removed unasked -> docker stop \1 && docker rm \1 removes it; its volumes stay$/,
      ),
    ]);
    expect(await scenario.deploy("v2", { services: shopServices })).toMatchObject({ outcome: "nothing-to-do" });
    expect(await problemsOf(scenario)).toEqual([]);
  });

  it.each(["warm", "removed"] as const)("come back with the release before, %s", async (keep) => {
    for (const services of [before, shopServices]) {
      const scenario = aScenario({ services: before, config: aConfig({ rollout: { keep } }) });
      await scenario.deploy("v1");
      await scenario.deploy("v2", { services: shopServices });
      expect(await scenario.rollback(undefined, { services })).toMatchObject({
        outcome: "live",
        serving: { tag: "v1" },
      });
      expect(inBase(scenario)).toEqual(all);
      expect(reached(scenario)).toEqual({ web: ["v1"] });
      expect(await problemsOf(scenario)).toEqual([]);
    }
  });

  it.each(["warm", "removed"] as const)("go where the release is left by going back, %s", async (keep) => {
    for (const services of [before, shopServices]) {
      const scenario = aScenario({ services: shopServices, config: aConfig({ rollout: { keep } }) });
      await scenario.deploy("v1");
      await scenario.deploy("v2", { services: before });
      expect(await scenario.rollback(undefined, { services })).toMatchObject({
        outcome: "live",
        serving: { tag: "v1" },
      });
      expect(inBase(scenario)).toEqual(left);
      expect(await problemsOf(scenario)).toEqual([]);
    }
  });

  it("run on where the release that has them no more is taken back", async () => {
    const scenario = aScenario({ services: before });
    await scenario.deploy("v1");
    const ids = () =>
      [...scenario.world.state.containers.values()].flatMap(({ place, id }) => (place === "base" ? id : []));
    const were = ids();
    scenario.world.behaviours.set("v2", { exits: ["worker"] });
    expect(await scenario.deploy("v2", { services: shopServices })).toMatchObject({ outcome: "rolled-back" });
    expect(ids()).toEqual(were);
    expect(inBase(scenario)).toEqual(all);
  });

  it("go with the next deployment where they could not be removed", async () => {
    const scenario = aScenario({ services: before });
    await scenario.deploy("v1");
    scenario.world.calls.fault = ({ name }) => (name === "base.remove mails" ? new Error("busy") : undefined);
    expect(await scenario.deploy("v2", { services: shopServices })).toMatchObject({ outcome: "live" });
    expect(inBase(scenario)).toEqual(["archive running", "db running", "mails running"]);
    scenario.world.calls.fault = () => undefined;
    expect(await scenario.deploy("v2", { services: shopServices })).toMatchObject({ outcome: "live" });
    expect(lastPlan(scenario)).toBe("1. remove  support mails  (the release has no mails; its volumes stay)");
    expect(inBase(scenario)).toEqual(left);
  });

  it("are none where no release of ours had them: those are only named", async () => {
    const scenario = aScenario({ services: shopServices });
    scenario.world.runPlain(aProject({ services: [mails] }));
    await scenario.deploy("v1");
    await scenario.deploy("v2");
    expect(inBase(scenario)).toContain("mails running");
    expect(findings(scenario)[0]).toMatch(/^info orphan-unknown \S*mails\S* runs in the project of the stack/);
  });

  it("go before what takes their port, and come back where that is taken back", async () => {
    const port = [{ published: 8025, target: 8025, protocol: "tcp" }] as const;
    const old = aService("mails", { role: "support", builds: false, ports: port });
    const fresh = aService("inbox", { role: "support", builds: false, ports: port });
    const scenario = aScenario({ services: [...shopServices, old] });
    await scenario.deploy("v1");
    const services = [...shopServices, fresh];
    scenario.world.behaviours.set("v2", { exits: ["worker"] });
    expect(await scenario.deploy("v2", { services })).toMatchObject({ outcome: "rolled-back" });
    expect(inBase(scenario)).toEqual(["db running", "mails running"]);
    expect(await scenario.deploy("v3", { services })).toMatchObject({ outcome: "live" });
    expect(lastPlan(scenario)).toMatch(
      /remove +support mails +\(the release has no mails, and inbox takes its port; its volumes stay\)\n.*base +support inbox/,
    );
    expect(inBase(scenario)).toEqual(["db running", "inbox running"]);
    expect(await scenario.rollback()).toMatchObject({ outcome: "live", serving: { tag: "v1" } });
    expect(inBase(scenario)).toEqual(["db running", "mails running"]);
    expect(await problemsOf(scenario)).toEqual([]);
  });
});

it("what a door would fail at is refused before anything is done: a port that such a service holds", async () => {
  const port = [{ published: 80, target: 80, protocol: "tcp" }] as const;
  const proxy = aService("proxy", { role: "edge", builds: false, ports: port });
  const scenario = aScenario({ services: [aService("web", { ports: [] })] });
  await scenario.deploy("v1", { services: [aService("web", { ports: [] }), proxy] });
  // What is left of a release before the one that serves: nothing would put it back.
  let isFirst = true;
  scenario.world.calls.fault = ({ name }) => {
    if (name !== "base.remove proxy" || !isFirst) return undefined;
    isFirst = false;
    return new SluiceError("ENGINE_FAILED", "it cannot be removed");
  };
  await scenario.deploy("v1b");
  const services = [aService("web", { ports: port })];
  await expect(scenario.deploy("v2", { services })).rejects.toMatchObject({ code: "PREFLIGHT_FAILED", exitCode: 10 });
  expect(inBase(scenario)).toEqual(["proxy running"]);
  for (const container of scenario.world.state.containers.values()) {
    if (container.service === "proxy") container.state = "exited";
  }
  expect(await scenario.deploy("v2", { services })).toMatchObject({ outcome: "live" });
  expect(inBase(scenario)).toEqual([]);
});

describe("what runs already and takes the port of a service that goes", () => {
  const port = (published: number) => [{ published, target: 80, protocol: "tcp" }] as const;
  const nginx = aService("nginx", { role: "edge", builds: false, ports: port(80) });
  const web = aService("web", { strategy: "recreate", ports: port(3000) });
  const entry = (published: number, changes: Partial<ServiceFacts>) =>
    aService("entry", { role: "edge", builds: false, ports: port(published), ...changes });
  const published = ({ world }: Scenario) =>
    [...world.state.containers.values()]
      .filter(({ place, state }) => place === "base" && state === "running")
      .flatMap(({ service, facts }) => facts.ports.map((one) => `${service} ${one.published}`))
      .toSorted();

  it.each<[string, Partial<ServiceFacts>]>([
    ["an edge", {}],
    ["a support service", { role: "support" }],
    ["a service of the application", { role: "web", strategy: "recreate" }],
  ])("%s is made after that one is gone, and is put back before it", async (_title, changes) => {
    const before = [web, entry(8080, changes), nginx];
    const services = [web, entry(80, changes)];
    const scenario = aScenario({ services: before });
    await scenario.deploy("v1");
    const was = ["entry 8080", "nginx 80", "web 3000"];
    expect(published(scenario)).toEqual(was);
    const { world } = scenario;
    world.calls.fault = ({ name }) =>
      name === "journal.append step-intent promote-1" ? new SluiceError("HOME_UNUSABLE", "no space left") : undefined;
    expect(await scenario.deploy("v2", { services })).toMatchObject({
      outcome: "rolled-back",
      reason: "no space left",
    });
    world.calls.fault = () => undefined;
    expect(published(scenario)).toEqual(was);
    expect(await scenario.deploy("v3", { services })).toMatchObject({ outcome: "live" });
    expect(lastPlan(scenario)).toMatch(/remove +edge nginx .*entry takes its port.*\n(?:.*\n)*.* entry/);
    expect(published(scenario)).toEqual(["entry 80", "web 3000"]);
    expect(await scenario.rollback()).toMatchObject({ outcome: "live", serving: { tag: "v1" } });
    expect(published(scenario)).toEqual(was);
    expect(await problemsOf(scenario)).toEqual([]);
  });

  it("has it again where a release is gone back to that is warm", async () => {
    const scenario = aScenario({ services: [aService("web"), entry(80, {})] });
    await scenario.deploy("v1");
    await scenario.deploy("v2", { services: [aService("web"), entry(8081, {}), nginx] });
    expect(published(scenario)).toEqual(["entry 8081", "nginx 80"]);
    expect(await scenario.rollback()).toMatchObject({ outcome: "live", serving: { tag: "v1" } });
    expect(published(scenario)).toEqual(["entry 80"]);
    expect(await problemsOf(scenario)).toEqual([]);
  });

  it("has it after a deployment that was killed before whatever effect, too", async () => {
    const services = [web, entry(80, {})];
    const { kills, broken } = await killEverywhere({
      given: async () => {
        const scenario = aScenario({ services: [web, entry(8080, {}), nginx] });
        await scenario.deploy("v1");
        return scenario;
      },
      when: (scenario) => scenario.deploy("v2", { services }),
      next: (scenario) => scenario.deploy("v2", { services }),
      holds: (scenario) => published(scenario).filter((line) => line !== "entry 80" && line !== "web 3000"),
    });
    expect(broken).toEqual([]);
    expect(kills).toBeGreaterThan(20);
  });
});

describe("what takes the port of a service that the release that serves has no more either", () => {
  const port = [{ published: 80, target: 80, protocol: "tcp" }] as const;
  const nginx = aService("nginx", { role: "edge", builds: false, ports: port });
  const caddy = aService("caddy", { role: "edge", builds: false, ports: port });
  const refused = {
    code: "PREFLIGHT_FAILED",
    exitCode: 10,
    message: expect.stringMatching(/nginx\S* holds a port that caddy takes, .* could not be put back/),
    hint: expect.stringMatching(/^docker stop \S*nginx\S* just before/),
  };

  /** `nginx` is in no release any more, and could not be removed with it. */
  async function left(config = aConfig()): Promise<Scenario> {
    const scenario = aScenario({ services: [aService("web"), caddy], config });
    await scenario.deploy("v1");
    await scenario.deploy("v2", { services: [aService("web"), nginx] });
    scenario.world.calls.fault = ({ name }) => (name === "base.remove nginx" ? new Error("busy") : undefined);
    await scenario.deploy("v3", { services: [aService("web")] });
    scenario.world.calls.fault = () => undefined;
    expect(inBase(scenario)).toEqual(["nginx running"]);
    return scenario;
  }

  it("is refused at once: nothing could put back what users come in by", async () => {
    const scenario = await left();
    const services = [aService("web"), caddy];
    await expect(scenario.deploy("v4", { services })).rejects.toMatchObject(refused);
    expect(inBase(scenario)).toEqual(["nginx running"]);
    for (const container of scenario.world.state.containers.values()) {
      if (container.service === "nginx") container.state = "exited";
    }
    expect(await scenario.deploy("v4", { services })).toMatchObject({ outcome: "live" });
    expect(inBase(scenario)).toEqual(["caddy running"]);
  });

  it("is refused where a release is gone back to that is cold", async () => {
    const scenario = await left(aConfig({ rollout: { keep: "removed" } }));
    await expect(scenario.rollback("v1")).rejects.toMatchObject(refused);
    expect(inBase(scenario)).toEqual(["nginx running"]);
  });

  it("is refused where the release that serves is not stored any more", async () => {
    const scenario = aScenario({ services: [aService("web"), nginx] });
    await scenario.deploy("v1");
    await scenario.deploy("v2");
    const { bundles } = scenario.world.state;
    for (const [id, { bundle }] of bundles) if (bundle.tag === "v2") bundles.delete(id);
    await expect(scenario.deploy("v3", { services: [aService("web"), caddy] })).rejects.toMatchObject(refused);
    expect(inBase(scenario)).toEqual(["nginx running"]);
  });
});

describe("going back to where a door had the port that a proxy has now", () => {
  const port = [{ published: 80, target: 80, protocol: "tcp" }] as const;
  const direct = [aService("web", { ports: port })];
  const proxied = [
    aService("web", { ports: [{ published: 81, target: 80, protocol: "tcp" }] }),
    aService("proxy", { role: "edge", builds: false, ports: port }),
  ];

  it("leaves the proxy that leads users there, and says so", async () => {
    const scenario = aScenario({ services: direct });
    await scenario.deploy("v1");
    await scenario.deploy("v2", { services: proxied });
    expect(inBase(scenario)).toEqual(["proxy running"]);
    expect(await scenario.rollback()).toMatchObject({ outcome: "live", serving: { tag: "v1" } });
    expect(inBase(scenario)).toEqual(["proxy running"]);
    expect(findings(scenario).at(-1)).toMatch(
      /^warn orphan-stays (\S*proxy\S*) stays although v1 has no proxy: .* -> once nobody needs it: docker stop \1 && docker rm \1$/,
    );
    expect(reached(scenario)).toEqual({ web: ["v1"] });
  });

  it("takes the proxy away where it comes back to one of its own", async () => {
    const own = aService("entry", {
      role: "edge",
      builds: false,
      ports: [{ published: 90, target: 80, protocol: "tcp" }],
    });
    const scenario = aScenario({ services: [aService("web"), own] });
    await scenario.deploy("v1");
    await scenario.deploy("v2", { services: [aService("web"), { ...own, name: "proxy" }] });
    expect(inBase(scenario)).toEqual(["proxy running"]);
    expect(await scenario.rollback()).toMatchObject({ outcome: "live", serving: { tag: "v1" } });
    expect(inBase(scenario)).toEqual(["entry running"]);
    expect(await problemsOf(scenario)).toEqual([]);
  });

  it("is refused at once where the door would have to be made anew", async () => {
    const scenario = aScenario({ services: direct, config: aConfig({ rollout: { keep: "removed" } }) });
    await scenario.deploy("v1");
    await scenario.deploy("v2", { services: proxied });
    await expect(scenario.rollback()).rejects.toMatchObject({ code: "PREFLIGHT_FAILED", exitCode: 10 });
    expect(inBase(scenario)).toEqual(["proxy running"]);
    expect(reached(scenario)).toEqual({ web: ["v2"] });
  });
});

describe("a stack that is all in base", () => {
  const web = aService("web", { strategy: "recreate" });

  it("loses what its release has no more, and has it back with the release before", async () => {
    const scenario = aScenario({ services: [web, mailer] });
    await scenario.deploy("v1");
    await scenario.deploy("v2", { services: [web] });
    expect(inBase(scenario)).toEqual(["web running"]);
    expect(await scenario.rollback()).toMatchObject({ outcome: "live", serving: { tag: "v1" } });
    expect(inBase(scenario)).toEqual(["mailer running", "web running"]);
    expect(await problemsOf(scenario)).toEqual([]);
  });

  it("keeps it where the new release does not start", async () => {
    const scenario = aScenario({ services: [web, mailer] });
    await scenario.deploy("v1");
    scenario.world.behaviours.set("v2", { exits: ["web"] });
    expect(await scenario.deploy("v2", { services: [web] })).toMatchObject({ outcome: "rolled-back" });
    expect(inBase(scenario)).toEqual(["mailer running", "web running"]);
  });
});

it.each([
  ["services in slots", before, shopServices],
  [
    "all in base",
    [aService("web", { strategy: "recreate" }), mailer, mails],
    [aService("web", { strategy: "recreate" })],
  ],
])("a deployment that removes may be killed before every effect: %s", async (_title, old, services) => {
  const names = ["mailer running", "mails running"];
  const { kills, broken } = await killEverywhere({
    given: async () => {
      const scenario = aScenario({ services: old });
      await scenario.deploy("v1");
      return scenario;
    },
    when: (scenario) => scenario.deploy("v2", { services }),
    next: (scenario) => scenario.deploy("v2", { services }),
    holds: (scenario) => inBase(scenario).filter((line) => names.includes(line)),
  });
  expect(broken).toEqual([]);
  expect(kills).toBeGreaterThan(20);
});

import { SluiceError } from "@sluice/core";
import { aConfig, aProject, aService } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import { killEverywhere, problemsOf } from "../../test/support/enumerate.ts";
import { aScenario, reached, type Scenario, shopServices } from "../../test/support/scenario.ts";

const alone = [aService("web", { strategy: "recreate" })];

/** Containers in base: service, release by its image, and state. */
function inBase({ world }: Scenario): readonly string[] {
  return [...world.state.containers.values()]
    .filter(({ place }) => place === "base")
    .map(({ service, imageId, state }) => `${imageId.replace("sha256:", "")} of ${service} ${state}`)
    .toSorted();
}

describe("a stack whose services are all replaced stop-first", () => {
  it("says what serves, and has nothing to do where that is wanted again", async () => {
    const scenario = aScenario({ services: alone });
    expect(await scenario.deploy("v1")).toMatchObject({ outcome: "live", serving: { tag: "v1", slot: null } });
    expect(await scenario.deploy("v1")).toMatchObject({ outcome: "nothing-to-do", serving: { tag: "v1" } });
    expect(inBase(scenario)).toEqual(["web-v1 of web running"]);
  });

  it("runs its job, for which no slot is made", async () => {
    const services = [...alone, aService("migrate", { role: "job" })];
    const scenario = aScenario({ services });
    expect(await scenario.deploy("v1")).toMatchObject({ outcome: "live", serving: { tag: "v1", slot: null } });
    expect(await scenario.deploy("v2")).toMatchObject({ outcome: "live", serving: { tag: "v2", slot: null } });
    const effects = scenario.world.calls.log.filter((name) => name.startsWith("slots."));
    expect(effects.some((name) => name.startsWith("slots.runJob migrate"))).toBe(true);
    expect(effects.filter((name) => name.startsWith("slots.create"))).toEqual([]);
    expect(scenario.world.violations).toEqual([]);
  });

  it("replaces what was stopped by hand", async () => {
    const scenario = aScenario({ services: alone });
    await scenario.deploy("v1");
    for (const container of scenario.world.state.containers.values()) container.state = "exited";
    expect(await scenario.deploy("v1")).toMatchObject({ outcome: "live", serving: { tag: "v1" } });
    expect(inBase(scenario)).toEqual(["web-v1 of web running"]);
  });

  it("has the version before back where the new one does not start", async () => {
    const scenario = aScenario({ services: alone });
    await scenario.deploy("v1");
    scenario.world.behaviours.set("v2", { exits: ["web"] });
    expect(await scenario.deploy("v2")).toMatchObject({
      outcome: "rolled-back",
      exitCode: 21,
      serving: { tag: "v1", share: 100 },
    });
    expect(inBase(scenario)).toEqual(["web-v1 of web running"]);
    expect(await problemsOf(scenario)).toEqual([]);
  });

  describe("with checks", () => {
    const config = aConfig({ checks: [{ http: { path: "/healthz" } }] });

    it("has the version before back where the new one runs and does not pass", async () => {
      const scenario = aScenario({ services: alone, config });
      expect(await scenario.deploy("v1")).toMatchObject({ outcome: "live" });
      scenario.world.behaviours.set("v2", { failingChecks: ["GET /healthz"] });
      expect(await scenario.deploy("v2")).toMatchObject({
        outcome: "rolled-back",
        exitCode: 21,
        serving: { tag: "v1", share: 100 },
        error: { code: "CHECK_FAILED", message: expect.stringContaining("GET /healthz") },
      });
      const { events } = scenario.world;
      const shown = events.flatMap((event) => (event.type === "output-line" && event.source !== "build" ? event : []));
      expect(shown.map(({ text }) => text)).toEqual([expect.stringContaining("last words of")]);
      expect(inBase(scenario)).toEqual(["web-v1 of web running"]);
      expect(await problemsOf(scenario)).toEqual([]);
      await expect(scenario.deploy("v2")).rejects.toMatchObject({ code: "RELEASE_BROKEN" });
    });

    it("is as before where a first deployment does not pass", async () => {
      const scenario = aScenario({ services: alone, config });
      scenario.world.behaviours.set("v1", { failingChecks: ["GET /healthz"] });
      expect(await scenario.deploy("v1")).toMatchObject({ outcome: "failed", exitCode: 20, serving: null });
      expect(inBase(scenario)).toEqual([]);
    });

    it("begins nothing where what they are asked by is not on the engine", async () => {
      const scenario = aScenario({ services: alone, config });
      scenario.world.state.images.delete("sluice/door:3.0");
      await expect(scenario.deploy("v1")).rejects.toMatchObject({
        code: "PREFLIGHT_FAILED",
        message: "image sluice/door:3.0 that checks are asked by is not on the engine",
      });
      expect(await aScenario({ services: alone }).deploy("v1")).toMatchObject({ outcome: "live" });
    });

    it.each([{}, { failingChecks: ["GET /healthz"] }])("may be killed before every effect: %o", async (second) => {
      const { kills, broken } = await killEverywhere({
        given: async () => {
          const scenario = aScenario({ services: alone, config });
          await scenario.deploy("v1");
          scenario.world.behaviours.set("v2", second);
          return scenario;
        },
        when: (scenario) => scenario.deploy("v2"),
        // Undone or marked as broken, it is refused, or fails again.
        next: (scenario) => scenario.deploy("v2").catch(() => undefined),
        holds: (scenario) => {
          const tag = second.failingChecks ? "v1" : "v2";
          return inBase(scenario).filter((line) => line !== `web-${tag} of web running`);
        },
      });
      expect(broken).toEqual([]);
      expect(kills).toBeGreaterThan(15);
    });
  });

  it("is told to a person where what served is not stored", async () => {
    const scenario = aScenario({ services: alone });
    await scenario.deploy("v1");
    scenario.world.state.bundles.clear();
    scenario.world.behaviours.set("v2", { exits: ["web"] });
    const result = await scenario.deploy("v2");
    expect(result).toMatchObject({ outcome: "needs-person", exitCode: 30, serving: null });
    expect(result.reason).toContain("could not be undone: recreate service web");
  });

  it("is as before where a first deployment fails", async () => {
    const scenario = aScenario({ services: alone });
    scenario.world.behaviours.set("v1", { exits: ["web"] });
    expect(await scenario.deploy("v1")).toMatchObject({ outcome: "failed", exitCode: 20, serving: null });
    expect(inBase(scenario)).toEqual([]);
  });

  it("goes back", async () => {
    const scenario = aScenario({ services: alone });
    await scenario.deploy("v1");
    await scenario.deploy("v2");
    expect(await scenario.rollback()).toMatchObject({ outcome: "live", serving: { tag: "v1" } });
    expect(inBase(scenario)).toEqual(["web-v1 of web running"]);
    await expect(scenario.rollback()).rejects.toMatchObject({ code: "NOTHING_TO_ROLL_BACK" });
    expect(await problemsOf(scenario)).toEqual([]);
  });
});

describe("a first deployment over what plain Compose runs", () => {
  it("needs a person where a service was replaced that nobody can put back", async () => {
    const services = [...shopServices, aService("legacy", { role: "worker", strategy: "recreate" })];
    const scenario = aScenario({ services });
    scenario.world.runPlain(aProject({ services }));
    scenario.world.behaviours.set("v1", { exits: ["worker"] });
    const result = await scenario.deploy("v1");
    expect(result).toMatchObject({ outcome: "needs-person", exitCode: 30 });
    expect(result.reason).toContain("could not be undone: recreate service legacy");
    expect(reached(scenario)).toEqual({ web: ["plain"] });
    expect(scenario.world.violations).toEqual([]);
  });
});

describe("a first deployment that ends when what plain Compose runs is stopped, and not yet replaced", () => {
  async function overCompose(): Promise<Scenario> {
    const scenario = aScenario({ services: alone });
    scenario.world.runPlain(aProject({ services: alone }));
    scenario.world.clock.advance(60_000);
    return scenario;
  }
  const failing = "base.up web: create";
  const cannot = new SluiceError("ENGINE_FAILED", "the engine does not answer");

  it("has it run again", async () => {
    const scenario = await overCompose();
    scenario.world.calls.fault = ({ name }) => (name === failing ? cannot : undefined);
    expect(await scenario.deploy("v1")).toMatchObject({ outcome: "rolled-back", exitCode: 21 });
    expect(reached(scenario)).toEqual({ web: ["base"] });
  });

  it("has it run again in the next run, where its own was killed", async () => {
    const scenario = await overCompose();
    scenario.world.calls.fault = ({ name }) => (name === failing ? "crash" : undefined);
    await scenario.deploy("v1").catch(() => undefined);
    scenario.world.restart();
    expect(reached(scenario)).toEqual({ web: ["lost"] });
    expect(await scenario.recover("undo")).toMatchObject({ outcome: "interrupted" });
    expect(reached(scenario)).toEqual({ web: ["base"] });
  });

  it("tells a person where it does not start any more, or does not stay up", async () => {
    const refusing = await overCompose();
    refusing.world.calls.fault = ({ name }) =>
      name === failing || name.startsWith("slots.startPlain") ? cannot : undefined;
    expect(await refusing.deploy("v1")).toMatchObject({ outcome: "needs-person", exitCode: 30 });

    const dying = await overCompose();
    let isStarted = false;
    dying.world.calls.fault = ({ name }) => {
      isStarted ||= name.startsWith("slots.startPlain");
      if (name === "observer.observe" && isStarted)
        return () => {
          for (const container of dying.world.state.containers.values()) container.state = "restarting";
        };
      return name === failing ? cannot : undefined;
    };
    expect(await dying.deploy("v1")).toMatchObject({ outcome: "needs-person", exitCode: 30 });
    expect(dying.world.events).toContainEqual(
      expect.objectContaining({ type: "error", message: expect.stringContaining("of web is restarting") }),
    );
  });

  it("leaves down what did not run before", async () => {
    const services = [...alone, aService("mailer", { role: "worker", strategy: "recreate" })];
    const scenario = aScenario({ services });
    scenario.world.runPlain(aProject({ services }));
    const { containers } = scenario.world.state;
    for (const container of containers.values()) if (container.service === "mailer") container.state = "exited";
    scenario.world.calls.fault = ({ name }) => (name === "base.up mailer: create" ? cannot : undefined);
    await scenario.deploy("v1");
    expect([...containers.values()].find(({ service }) => service === "mailer")).toMatchObject({ state: "exited" });
  });
});

describe("what has no candidate beside services in slots", () => {
  const services = [
    ...shopServices,
    aService("files", { strategy: "recreate", ports: [{ published: 8081, target: 3000, protocol: "tcp" }] }),
  ];

  it.each(["files", "worker"])(
    "is checked once it is in its place, and taken back where it fails: %s",
    async (service) => {
      const config = aConfig({ checks: [{ name: "port", service, tcp: { port: 9000 } }] });
      const scenario = aScenario({ services, config });
      expect(await scenario.deploy("v1")).toMatchObject({ outcome: "live" });
      scenario.world.behaviours.set("v2", { failingChecks: ["port"] });
      expect(await scenario.deploy("v2")).toMatchObject({
        outcome: "rolled-back",
        exitCode: 21,
        serving: { tag: "v1" },
      });
      expect(inBase(scenario)).toEqual(["db of db running", "files-v1 of files running"]);
      expect(reached(scenario)).toEqual({ files: ["base"], web: ["v1"] });
      expect(await problemsOf(scenario)).toEqual([]);
    },
  );

  it("is not asked for while users are led to the candidate", async () => {
    const config = aConfig({ checks: [{ name: "data", service: "db", tcp: { port: 5432 } }] });
    const scenario = aScenario({ services, config });
    await scenario.deploy("v1");
    scenario.world.behaviours.set("v2", {});
    expect(await scenario.deploy("v2")).toMatchObject({ outcome: "live" });
    const probes = scenario.world.calls.log.filter((name) => name.startsWith("prober.probe "));
    expect(probes.filter((name) => name.endsWith("files runs"))).toHaveLength(2);
    expect(probes.filter((name) => name.endsWith("data"))).toHaveLength(2);
  });
});

describe("undoing the replacement of a service", () => {
  it("takes away what the version before had not", async () => {
    const scenario = aScenario();
    await scenario.deploy("v1");
    scenario.world.behaviours.set("v2", { exits: ["worker"] });
    const services = [...shopServices, aService("mailer", { role: "worker", strategy: "recreate" })];
    expect(await scenario.deploy("v2", { services })).toMatchObject({ outcome: "rolled-back", serving: { tag: "v1" } });
    expect(inBase(scenario).filter((line) => line.includes("mailer"))).toEqual([]);
    expect(reached(scenario)).toEqual({ web: ["v1"] });
    expect(await problemsOf(scenario)).toEqual([]);
  });
});

describe("a service that leaves the slots", () => {
  const before = [aService("web"), aService("worker", { role: "worker" })];
  const changes = [
    ["with a published port", aService("web", { strategy: "recreate" })],
    ["without one", aService("web", { strategy: "recreate", ports: [] })],
  ] as const;

  it.each(changes)("is what users reach, %s", async (_title, web) => {
    const old = before.map((service) => (service.name === "web" ? { ...web, strategy: "slots" as const } : service));
    const services = old.map((service) => (service.name === "web" ? web : service));
    const scenario = aScenario({ services: old });
    await scenario.deploy("v1");
    expect(await scenario.deploy("v2", { services })).toMatchObject({ outcome: "live", serving: { tag: "v2" } });
    expect(reached(scenario)).toEqual({ web: ["base"] });
    expect(inBase(scenario)).toEqual(["web-v2 of web running"]);
    expect(await scenario.deploy("v3", { services })).toMatchObject({ outcome: "live", serving: { tag: "v3" } });
    expect(await scenario.deploy("v3", { services })).toMatchObject({ outcome: "nothing-to-do" });
    expect([...scenario.world.violations, ...scenario.world.leftovers()]).toEqual([]);
  });

  it("leaves no web service in slots that would be taken for what serves, where it has workers alone there", async () => {
    const jobs = aService("jobs", { role: "worker" });
    const ports = [{ published: 81, target: 3000, protocol: "tcp" as const }];
    const scenario = aScenario({ services: [aService("app", { strategy: "recreate", ports }), jobs] });
    await scenario.deploy("v1", { services: [aService("site")] });
    const live = { outcome: "live", exitCode: 0 };
    expect(await scenario.deploy("v2")).toMatchObject({ ...live, serving: { tag: "v2", share: 100 } });
    expect(await scenario.deploy("v3")).toMatchObject({ ...live, serving: { tag: "v3", share: 100 } });
    expect(await scenario.rollback("v1")).toMatchObject({ ...live, serving: { tag: "v1", share: 100 } });
    expect(await scenario.rollback("v2")).toMatchObject({ ...live, serving: { tag: "v2", share: 100 } });
    expect(await scenario.deploy("v2")).toMatchObject({ outcome: "nothing-to-do" });
    expect(scenario.world.violations).toEqual([]);
  });

  it("leaves nothing in slots that would be taken for what serves", async () => {
    const scenario = aScenario({ services: before });
    await scenario.deploy("v1");
    const services = before.map((service) => ({ ...service, strategy: "recreate" as const }));
    expect(await scenario.deploy("v2", { services })).toMatchObject({
      outcome: "live",
      serving: { tag: "v2", slot: null },
    });
    expect(inBase(scenario)).toEqual(["web-v2 of web running", "worker-v2 of worker running"]);
    const inSlots = [...scenario.world.state.containers.values()].filter(({ place }) => place !== "base");
    expect(inSlots.filter(({ state }) => state === "running")).toEqual([]);
    expect(await problemsOf(scenario)).toEqual([]);
    expect(await scenario.deploy("v2", { services })).toMatchObject({ outcome: "nothing-to-do" });
  });

  it("is in its slot again, behind its door, where the new one does not start", async () => {
    const scenario = aScenario({ services: before });
    await scenario.deploy("v1");
    scenario.world.behaviours.set("v2", { exits: ["web"] });
    const services = before.map((service) => ({ ...service, strategy: "recreate" as const }));
    expect(await scenario.deploy("v2", { services })).toMatchObject({
      outcome: "rolled-back",
      exitCode: 21,
      serving: { tag: "v1", share: 100 },
    });
    expect(inBase(scenario)).toEqual([]);
    expect(reached(scenario)).toEqual({ web: ["v1"] });
    expect(await problemsOf(scenario)).toEqual([]);
  });

  it("goes back to its slot, whichever compose file is there", async () => {
    const changed = before.map((service) => ({ ...service, strategy: "recreate" as const }));
    for (const services of [before, changed]) {
      const scenario = aScenario({ services: before });
      await scenario.deploy("v1");
      await scenario.deploy("v2", { services: changed });
      scenario.world.restart();
      expect(await scenario.rollback(undefined, { services })).toMatchObject({
        outcome: "live",
        serving: { tag: "v1" },
      });
      expect(reached(scenario)).toEqual({ web: ["v1"] });
      expect(inBase(scenario)).toEqual([]);
      expect(await problemsOf(scenario)).toEqual([]);
    }
  });

  it("may be killed before every effect", async () => {
    const services = before.map((service) => ({ ...service, strategy: "recreate" as const }));
    const { kills, broken } = await killEverywhere({
      given: async () => {
        const scenario = aScenario({ services: before });
        await scenario.deploy("v1");
        return scenario;
      },
      when: (scenario) => scenario.deploy("v2", { services }),
      next: (scenario) => scenario.deploy("v2", { services }),
      holds: (scenario) =>
        JSON.stringify(inBase(scenario)) === '["web-v2 of web running","worker-v2 of worker running"]'
          ? []
          : [`base holds ${inBase(scenario).join(", ")}`],
    });
    expect(broken).toEqual([]);
    expect(kills).toBeGreaterThan(30);
  });
});

describe("a proxy of the project that is built with the release", () => {
  const services = [...shopServices, aService("nginx", { role: "edge", builds: true })];
  const edge = (scenario: Scenario) => inBase(scenario).filter((line) => line.includes("nginx"));

  it("is that of the version before where the new one is taken back", async () => {
    const scenario = aScenario({ services });
    await scenario.deploy("v1");
    scenario.world.behaviours.set("v2", { exits: ["worker"] });
    expect(await scenario.deploy("v2")).toMatchObject({ outcome: "rolled-back", serving: { tag: "v1" } });
    expect(edge(scenario)).toEqual(["nginx-v1 of nginx running"]);
    expect(await problemsOf(scenario)).toEqual([]);
  });

  it("is gone where the version before had none", async () => {
    const scenario = aScenario();
    await scenario.deploy("v1");
    scenario.world.behaviours.set("v2", { exits: ["worker"] });
    expect(await scenario.deploy("v2", { services })).toMatchObject({ outcome: "rolled-back" });
    expect(edge(scenario)).toEqual([]);
  });

  it.each(["warm", "removed"] as const)("goes back with its release, %s", async (keep) => {
    const scenario = aScenario({ services, config: aConfig({ rollout: { keep } }) });
    await scenario.deploy("v1");
    await scenario.deploy("v2");
    expect(edge(scenario)).toEqual(["nginx-v2 of nginx running"]);
    expect(await scenario.rollback()).toMatchObject({ outcome: "live", serving: { tag: "v1" } });
    expect(edge(scenario)).toEqual(["nginx-v1 of nginx running"]);
    expect(await problemsOf(scenario)).toEqual([]);
  });

  it("is looked at once more where the release that serves is deployed again and another one runs", async () => {
    const scenario = aScenario({ services });
    await scenario.deploy("v1");
    expect(await scenario.deploy("v1")).toMatchObject({ outcome: "nothing-to-do" });
    for (const container of scenario.world.state.containers.values()) {
      if (container.service === "nginx") container.imageId = "sha256:nginx-v2";
    }
    expect(await scenario.deploy("v1")).toMatchObject({ outcome: "live", serving: { tag: "v1" } });
    const texts = scenario.world.events.flatMap((event) => (event.type === "plan" ? [event.text] : []));
    expect(texts.at(-1)).toBe("1. base  edge nginx  (the release has another one)");
  });
});

it.each([
  ["a stack that is all in base", alone],
  ["a stack with a proxy that is built", [...shopServices, aService("nginx", { role: "edge", builds: true })]],
])("the way back of %s may be killed before every effect", async (_title, services) => {
  const { kills, broken } = await killEverywhere({
    given: async () => {
      const scenario = aScenario({ services });
      await scenario.deploy("v1");
      scenario.world.behaviours.set("v2", { exits: services === alone ? ["web"] : ["worker"] });
      return scenario;
    },
    when: (scenario) => scenario.deploy("v2"),
    // Undone or marked as broken, it is refused, or fails again.
    next: (scenario) => scenario.deploy("v2").catch(() => undefined),
    holds: (scenario) =>
      inBase(scenario).filter((line) => !/-v1 of (?:web|nginx) running$|^db of db running$/.test(line)),
  });
  expect(broken).toEqual([]);
  expect(kills).toBeGreaterThan(20);
});

import { type Slot, SluiceError } from "@sluice/core";
import { aConfig, aService } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import { killEverywhere, problemsOf, serves } from "../../test/support/enumerate.ts";
import { aScenario, type Scenario, type ScenarioParts, shopServices } from "../../test/support/scenario.ts";

describe("a deployment of what is live already", () => {
  it.each(["warm", "stopped"] as const)("makes a worker again that is gone, where the previous is %s", async (keep) => {
    const scenario = aScenario({ config: aConfig({ rollout: { keep } }) });
    await scenario.deploy("v1");
    await scenario.deploy("v2");
    const { containers } = scenario.world.state;
    const [worker] = [...containers.values()].filter(({ place, service }) => place === "green" && service === "worker");
    containers.delete(worker?.id ?? "");
    scenario.world.restart();
    expect(await scenario.deploy("v2")).toMatchObject({ outcome: "live", serving: { tag: "v2", slot: "green" } });
    const { log } = scenario.world.calls;
    const changes = log.filter(
      (name) => /^slots\.(?:create|start|stop|remove|runJob) /.test(name) && !/networks/.test(name),
    );
    expect(changes).toEqual(expect.arrayContaining(["slots.create worker in green", "slots.start worker of green"]));
    expect(changes.filter((name) => name.includes("web") || name.includes("blue"))).toEqual([]);
    expect(await problemsOf(scenario)).toEqual([]);
    expect(await scenario.deploy("v2")).toMatchObject({ outcome: "nothing-to-do" });
  });

  it.each([
    { what: "was taken from its networks", service: "web", harm: { cutOffFrom: ["shop-green_default"] } },
    { what: "is paused", service: "web", harm: { state: "paused" } },
    { what: "is paused", service: "worker", harm: { state: "paused" } },
  ] as const)("has a $service that $what go on where it is, and makes nothing anew", async ({ service, harm }) => {
    const scenario = await aLiveRelease();
    const { world } = scenario;
    // Nobody is served until somebody looks.
    if (service === "web") world.state.gaps.add("web");
    Object.assign(containerOf(scenario, service), harm);
    expect(await scenario.deploy("v2")).toMatchObject({ outcome: "live", serving: { tag: "v2", slot: "green" } });
    expect(containerOf(scenario, service)).toMatchObject({ state: "running", health: "healthy" });
    const changed = world.calls.log.filter((name) => /^slots\.(?:create|stop|remove) (?!networks)/.test(name));
    expect(changed).toEqual([]);
    world.state.gaps.clear();
    expect(serves(scenario, "v2")).toEqual([]);
    expect(await problemsOf(scenario)).toEqual([]);
    expect(await scenario.deploy("v2")).toMatchObject({ outcome: "nothing-to-do" });
  });

  it("has failed where the door does not reach what was put right", async () => {
    const scenario = await aLiveRelease();
    const { calls, state } = scenario.world;
    state.gaps.add("web");
    containerOf(scenario, "web").state = "exited";
    calls.fault = ({ name }) =>
      name === "router.waitServers door web at green"
        ? new SluiceError("NOT_READY", "the door reaches 0 of 1 servers")
        : undefined;
    expect(await scenario.deploy("v2")).toMatchObject({ outcome: "failed", error: { code: "NOT_READY" } });
  });

  it("asks no door that is made anew afterwards", async () => {
    const scenario = await aLiveRelease();
    const { calls, state } = scenario.world;
    state.gaps.add("web");
    containerOf(scenario, "web").state = "exited";
    expect(await scenario.deploy("v2", { replaceDoors: true })).toMatchObject({ outcome: "live" });
    expect(calls.log.filter((name) => name === "router.waitServers door web at green")).toEqual([]);
  });

  it("shows what the slot that serves wrote, where it does not come up again", async () => {
    const scenario = await aLiveRelease();
    const { behaviours, events, state } = scenario.world;
    state.gaps.add("web");
    const web = containerOf(scenario, "web");
    web.state = "exited";
    behaviours.set("v2", { exits: ["web"] });
    expect(await scenario.deploy("v2")).toMatchObject({ outcome: "failed", error: { code: "START_FAILED" } });
    const shown = events.flatMap((event) => (event.type === "output-line" ? [event.source] : []));
    expect(shown).toContain(web.name);
    expect(shown.filter((name) => name.includes("blue"))).toEqual([]);
  });

  it("makes its door anew for the slot that serves", async () => {
    const scenario = await aLiveRelease();
    const { world } = scenario;
    const ports = world.ports();
    const asked: Slot[] = [];
    const addresses: typeof ports.doors.addresses = (model, service, slot) => {
      asked.push(slot);
      return ports.doors.addresses(model, service, slot);
    };
    world.ports = () => ({ ...ports, doors: { ...ports.doors, addresses } });
    expect(await scenario.deploy("v2", { replaceDoors: true })).toMatchObject({ outcome: "live" });
    expect(new Set(asked)).toEqual(new Set(["green"]));
    expect(serves(scenario, "v2")).toEqual([]);
  });

  it("asks for other addresses than containers have only where it makes all of a slot anew", async () => {
    const scenario = await aLiveRelease();
    const { world } = scenario;
    const ports = world.ports();
    const asked: (boolean | undefined)[] = [];
    const addresses: typeof ports.doors.addresses = (model, service, slot, options) => {
      asked.push(options?.anew);
      return ports.doors.addresses(model, service, slot, options);
    };
    world.ports = () => ({ ...ports, doors: { ...ports.doors, addresses } });
    world.state.containers.delete(containerOf(scenario, "web").id);
    expect(await scenario.deploy("v2")).toMatchObject({ outcome: "live" });
    expect(new Set(asked)).toEqual(new Set([undefined]));
    expect(await scenario.deploy("v3")).toMatchObject({ outcome: "live" });
    expect(asked.filter(Boolean)).toHaveLength(1);
  });
});

describe("a rollback to what serves", () => {
  it.each(["exited", "paused", "gone"] as const)(
    "brings back what is %s of it in its slot, and touches nothing else",
    async (how) => {
      const scenario = await aLiveRelease();
      const { calls, state } = scenario.world;
      state.gaps.add("web");
      for (const service of ["web", "worker"]) {
        const container = containerOf(scenario, service);
        if (how !== "gone") container.state = how;
        // Where nothing at all is left of it, the other slot is what users are led to.
        else if (service === "worker") state.containers.delete(container.id);
      }
      const begin = calls.log.length;
      expect(await scenario.rollback("v2")).toMatchObject({ outcome: "live", exitCode: 0, serving: { tag: "v2" } });
      expect([containerOf(scenario, "web").state, containerOf(scenario, "worker").state]).toEqual([
        "running",
        "running",
      ]);
      const changes = calls.log
        .slice(begin)
        .filter((name) => /^(?:slots\.(?:stop|remove)|base\.up|doors\.ensure)/.test(name));
      expect(changes).toEqual([]);
      state.gaps.clear();
      expect([...serves(scenario, "v2"), ...(await problemsOf(scenario))]).toEqual([]);
      expect(await scenario.rollback("v2")).toMatchObject({ outcome: "nothing-to-do" });
    },
  );

  it.each(["exited", "gone"] as const)("brings back what is %s of it in base", async (how) => {
    const services = [
      ...shopServices,
      aService("mail", { role: "support" }),
      aService("cron", { role: "worker", strategy: "recreate" }),
    ];
    const scenario = await aLiveRelease({ services });
    const { containers } = scenario.world.state;
    for (const container of containers.values()) {
      if (container.place !== "base") continue;
      if (how === "gone") containers.delete(container.id);
      else container.state = "exited";
    }
    expect(await scenario.rollback("v2")).toMatchObject({ outcome: "live", exitCode: 0, serving: { tag: "v2" } });
    expect(statesInBase(scenario)).toEqual({ db: "running", mail: "running", cron: "running" });
    expect(await problemsOf(scenario)).toEqual([]);
    expect(await scenario.rollback("v2")).toMatchObject({ outcome: "nothing-to-do" });
  });

  it.each(["stopped", "gone"] as const)("starts it where all of the stack is %s, its doors too", async (how) => {
    const scenario = await aLiveRelease();
    const { containers, doors } = scenario.world.state;
    if (how === "gone") for (const all of [containers, doors]) all.clear();
    for (const container of containers.values()) container.state = "exited";
    for (const door of doors.values()) door.running = false;
    expect(await scenario.rollback("v2")).toMatchObject({ outcome: "live", exitCode: 0, serving: { tag: "v2" } });
    expect(serves(scenario, "v2")).toEqual([]);
    expect(statesInBase(scenario)).toEqual({ db: "running" });
    expect(await scenario.rollback("v2")).toMatchObject({ outcome: "nothing-to-do" });
  });

  it("changes nothing that runs otherwise than the release has it, and makes nothing of data that is down so", async () => {
    const scenario = await aLiveRelease();
    const { state } = scenario.world;
    const [found] = [...state.containers.values()].filter(({ service }) => service === "db");
    if (!found) throw new Error("no db");
    const db = { ...found, spec: JSON.stringify({ image: "db:2" }) };
    state.containers.set(db.id, db);
    for (const [id, door] of state.doors) state.doors.set(id, { ...door, spec: "older" });
    expect(await scenario.rollback("v2")).toMatchObject({ outcome: "nothing-to-do" });
    db.state = "exited";
    expect(await scenario.rollback("v2")).toMatchObject({ outcome: "nothing-to-do" });
    expect(state.containers.get(db.id)).toMatchObject({ state: "exited" });
    const told = scenario.world.events.flatMap((event) => (event.type === "finding" ? [event.finding.code] : []));
    expect(told).toEqual(expect.arrayContaining(["base-changed", "base-stopped"]));
  });

  it("is refused where an image is gone of what it would make", async () => {
    const scenario = await aLiveRelease();
    const { containers, images } = scenario.world.state;
    containers.delete(containerOf(scenario, "worker").id);
    images.delete("sha256:worker-v2");
    await expect(scenario.rollback("v2")).rejects.toMatchObject({
      code: "IMAGE_MISSING",
      message: "release v2, which serves, cannot be made whole: the image of worker is gone from the engine",
    });
  });

  it.each(["gone", "stopped"] as const)(
    "has its doors, which are %s, lead users again also where the image of a worker is gone, which is told",
    async (how) => {
      const scenario = await aLiveRelease();
      const { containers, doors, images } = scenario.world.state;
      containers.delete(containerOf(scenario, "worker").id);
      images.delete("sha256:worker-v2");
      if (how === "gone") doors.clear();
      for (const door of doors.values()) door.running = false;
      const { log } = scenario.world.calls;
      const begin = log.length;
      expect(await scenario.rollback("v2")).toMatchObject({ outcome: "live", exitCode: 0, serving: { tag: "v2" } });
      expect(serves(scenario, "v2")).toEqual([]);
      expect(log.slice(begin).filter((name) => /^slots\.(?:create|start|stop|remove) /.test(name))).toEqual([]);
      const found = scenario.world.events.flatMap((event) => (event.type === "finding" ? [event.finding] : []));
      expect(found).toContainEqual({
        severity: "warn",
        code: "service-short",
        service: "worker",
        message: "worker is not brought back: the image of worker is gone from the engine",
        hint: expect.stringContaining("sluice deploy --release v2"),
      });
      // Users are served: what is short of it still is the one thing to do.
      await expect(scenario.rollback("v2")).rejects.toMatchObject({ code: "IMAGE_MISSING" });
    },
  );

  it("has its doors lead users again also where the image of a worker of base that is gone is gone", async () => {
    const services = [...shopServices, aService("cron", { role: "worker", strategy: "recreate" })];
    const scenario = await aLiveRelease({ services });
    const { containers, doors, images } = scenario.world.state;
    for (const { id, service } of containers.values()) if (service === "cron") containers.delete(id);
    images.delete("sha256:cron-v2");
    doors.clear();
    expect(await scenario.rollback("v2")).toMatchObject({ outcome: "live", exitCode: 0, serving: { tag: "v2" } });
    expect(serves(scenario, "v2")).toEqual([]);
    const found = scenario.world.events.flatMap((event) => (event.type === "finding" ? [event.finding] : []));
    expect(found).toContainEqual(expect.objectContaining({ code: "service-short", service: "cron" }));
    await expect(scenario.rollback("v2")).rejects.toMatchObject({ code: "IMAGE_MISSING" });
  });

  it("leaves it whole, wherever it is killed and tried again", async () => {
    const { broken, kills } = await killEverywhere({
      given: async () => {
        const scenario = await aLiveRelease();
        scenario.world.state.gaps.add("web");
        for (const service of ["web", "worker"]) containerOf(scenario, service).state = "exited";
        for (const one of scenario.world.state.containers.values()) if (one.service === "db") one.state = "exited";
        return scenario;
      },
      when: (scenario) => scenario.rollback("v2"),
      next: (scenario) => scenario.rollback("v2"),
      holds: (scenario) => [
        ...serves(scenario, "v2"),
        ...(statesInBase(scenario)["db"] === "running" ? [] : ["db does not run"]),
      ],
    });
    expect(broken).toEqual([]);
    expect(kills).toBeGreaterThan(10);
  });
});

function statesInBase({ world }: Scenario): Readonly<Record<string, string>> {
  const all = [...world.state.containers.values()].filter(({ place }) => place === "base");
  return Object.fromEntries(all.map(({ service, state }) => [service, state]));
}

/** v1 in blue, v2 in green. */
async function aLiveRelease(parts: ScenarioParts = {}): Promise<Scenario> {
  const scenario = aScenario(parts);
  await scenario.deploy("v1");
  await scenario.deploy("v2");
  scenario.world.restart();
  return scenario;
}

function containerOf({ world }: Scenario, wanted: string) {
  const all = [...world.state.containers.values()];
  const found = all.find(({ place, service }) => place === "green" && service === wanted);
  if (!found) throw new Error(`no ${wanted} in green`);
  return found;
}

import { SluiceError } from "@sluice/core";
import { aConfig, aService } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import { problemsOf, serves } from "../../test/support/enumerate.ts";
import { aScenario, reached, type Scenario, shopServices } from "../../test/support/scenario.ts";

async function afterFirst(parts: Parameters<typeof aScenario>[0] = {}): Promise<Scenario> {
  const scenario = aScenario(parts);
  await scenario.deploy("v1");
  scenario.world.restart();
  return scenario;
}

const failOn = (scenario: Scenario, ...names: readonly string[]) => {
  scenario.world.calls.fault = ({ name }) =>
    names.some((each) => name.startsWith(each)) ? new SluiceError("ENGINE_FAILED", `${name} failed`) : undefined;
};

describe("undoing a deployment", () => {
  it("gives users back before it does anything but see that there is something to go back to, and that the stack is its own", async () => {
    const scenario = await afterFirst();
    scenario.world.behaviours.set("v2", { exits: ["worker"] });
    expect(await scenario.deploy("v2")).toMatchObject({ outcome: "rolled-back", exitCode: 21 });
    const { log } = scenario.world.calls;
    const failed = log.indexOf("slots.waitReady worker of green");
    const after = log.slice(failed + 1).filter((name) => !name.startsWith("journal."));
    const looks = ["base.claim shop", "observer.slotContainers blue", "observer.slotContainers green"];
    expect(after.slice(0, 3).toSorted()).toEqual(looks);
    expect(after.slice(3, 5)).toEqual(["router.routing door web", "router.setRouting door web"]);
    expect(after).toContain("slots.start worker of blue");
    expect(after.findIndex((name) => name.startsWith("observer.logTail"))).toBeGreaterThan(4);
  });

  it("shows the log of what was tried, not of the release before that is in its slot still", async () => {
    const scenario = await afterFirst();
    await scenario.deploy("v2");
    const looks = () => scenario.world.calls.log.filter((name) => name.startsWith("observer.logTail"));
    scenario.world.restart();
    failOn(scenario, "slots.remove");
    expect(await scenario.deploy("v3")).toMatchObject({ serving: { tag: "v2" } });
    expect(looks()).toEqual([]);
    scenario.world.restart();
    scenario.world.behaviours.set("v3", { unhealthy: ["web"] });
    expect(await scenario.deploy("v3")).toMatchObject({ exitCode: 20, serving: { tag: "v2" } });
    expect(looks()).not.toEqual([]);
  });

  it("takes nothing of the candidate away while the door of a cutover leads users to it", async () => {
    const scenario = await afterFirst();
    const web = aService("web", { port: 4000, ports: [{ published: 8080, target: 4000, protocol: "tcp" }] });
    const services = shopServices.map((service) => (service.name === "web" ? web : service));
    scenario.world.behaviours.set("v2", { exits: ["worker"] });
    let hasFailed = false;
    scenario.world.calls.fault = ({ name }) => {
      hasFailed ||= name === "slots.waitReady worker of green";
      const isWayBack = hasFailed && name === "doors.ensure web: create";
      return isWayBack ? new SluiceError("ENGINE_FAILED", "it cannot be made") : undefined;
    };
    expect(await scenario.deploy("v2", { services })).toMatchObject({ exitCode: 30, serving: { tag: "v2" } });
    expect(reached(scenario)).toEqual({ web: ["v2"] });
    expect(scenario.world.violations).toEqual([]);
    scenario.world.restart();
    expect(await scenario.recover("undo", { services })).toMatchObject({ serving: { tag: "v1", share: 100 } });
    expect(reached(scenario)).toEqual({ web: ["v1"] });
  });

  it("does not need the journal: a full disk must not keep users at a bad release", async () => {
    const scenario = await afterFirst();
    let isFull = false;
    scenario.world.calls.fault = ({ name }) => {
      isFull ||= name === "journal.append step-outcome shift-1";
      return isFull && name.startsWith("journal.append") ? new SluiceError("DISK_FULL", "no space left") : undefined;
    };
    expect(await scenario.deploy("v2")).toMatchObject({ exitCode: 21, serving: { tag: "v1", share: 100 } });
    expect(serves(scenario, "v1")).toEqual([]);
    expect(scenario.world.violations).toEqual([]);
    scenario.world.restart();
    expect(await scenario.deploy("v2")).toMatchObject({ outcome: "live" });
    expect(await problemsOf(scenario)).toEqual([]);
  });

  it("that could not be recorded is no reason to lead users to an empty slot when it is finished all the same", async () => {
    const scenario = await afterFirst({ config: aConfig({ rollout: { steps: [50, 100] } }) });
    let isFull = false;
    scenario.world.calls.fault = ({ name }) => {
      isFull ||= name === "journal.append step-outcome shift-1";
      return isFull && name.startsWith("journal.append") ? new SluiceError("DISK_FULL", "no space left") : undefined;
    };
    expect(await scenario.deploy("v2")).toMatchObject({ exitCode: 21, serving: { tag: "v1", share: 100 } });
    scenario.world.restart();
    expect(await scenario.recover("finish")).toMatchObject({ outcome: "live", serving: { tag: "v2" } });
    expect(await problemsOf(scenario)).toEqual([]);
  });

  it("stops where users may still be led to the candidate, needs a person, and is done by the next run", async () => {
    const scenario = await afterFirst({ config: aConfig({ rollout: { steps: [50, 100] } }) });
    let failing = false;
    scenario.world.calls.fault = ({ name }) => {
      failing ||= name === "slots.waitReady worker of green";
      const fails =
        failing && (name.startsWith("slots.waitReady worker of green") || name.startsWith("router.setRouting"));
      return fails ? new SluiceError("DOOR_FAILED", `${name} failed`) : undefined;
    };
    const result = await scenario.deploy("v2");
    expect(result).toMatchObject({ outcome: "needs-person", exitCode: 30, serving: { tag: "v2" } });
    expect(result.reason).toContain("could not be undone: shift");
    expect(reached(scenario)).toEqual({ web: ["v2"] });
    expect(scenario.world.violations).toEqual([]);
    scenario.world.restart();
    expect(await scenario.deploy("v3")).toMatchObject({ outcome: "live", serving: { tag: "v3" } });
    expect(await problemsOf(scenario)).toEqual([]);
  });

  it("goes on with the rest where one step cannot be undone that no user depends on", async () => {
    const scenario = await afterFirst();
    scenario.world.behaviours.set("v2", { exits: ["worker"] });
    const worker = [...scenario.world.state.containers.values()].find(({ service }) => service === "worker");
    scenario.world.calls.fault = ({ name }) =>
      name === "slots.stop worker of blue" ? () => scenario.world.state.containers.delete(worker?.id ?? "") : undefined;
    const result = await scenario.deploy("v2");
    expect(result).toMatchObject({ outcome: "needs-person", exitCode: 30, serving: { tag: "v1", share: 100 } });
    expect(result.reason).toContain("could not be undone: workers worker");
    expect([...scenario.world.state.containers.values()].filter(({ place }) => place === "green")).toEqual([]);
    scenario.world.restart();
    // A fix can be deployed although the old worker is gone for good, once a person says so.
    expect(await scenario.deploy("v3")).toMatchObject({ outcome: "needs-person", serving: { tag: "v1" } });
    expect(await scenario.deploy("v3", { acceptNotUndone: true })).toMatchObject({ outcome: "live" });
    expect(await problemsOf(scenario)).toEqual([]);
  });

  it("gives the drain its whole budget, however long that is", async () => {
    const scenario = await afterFirst({ config: aConfig({ traffic: { drain: { timeout: "10m" } } }) });
    scenario.world.behaviours.set("v2", { exits: ["worker"] });
    scenario.world.slowDrainMs = 9 * 60_000;
    expect(await scenario.deploy("v2")).toMatchObject({ outcome: "rolled-back", exitCode: 21 });
    expect(scenario.world.clock.monotonicMs()).toBeGreaterThanOrEqual(9 * 60_000);
    expect(await problemsOf(scenario)).toEqual([]);
  });

  it("does not mark a release as broken for what the machine did", async () => {
    const scenario = await afterFirst();
    failOn(scenario, "slots.create web in green");
    expect(await scenario.deploy("v2")).toMatchObject({ outcome: "failed", exitCode: 20 });
    scenario.world.restart();
    expect(await scenario.deploy("v2")).toMatchObject({ outcome: "live" });
  });
});

describe("a release is not marked as broken", () => {
  const marked = ({ world }: Scenario) => [...world.state.bundles.values()].filter(({ bundle }) => bundle.broken);

  it("where it serves, and something beside it is mended in vain", async () => {
    const scenario = await afterFirst();
    for (const container of scenario.world.state.containers.values()) {
      if (container.service === "db") container.state = "exited";
    }
    scenario.world.calls.fault = ({ name }) =>
      name === "base.up db: start" ? new SluiceError("NOT_READY", "db is not ready") : undefined;
    expect(await scenario.deploy("v1")).toMatchObject({ outcome: "failed", serving: { tag: "v1" } });
    expect(marked(scenario)).toEqual([]);
  });

  it("where it was live, and going back to it fails once", async () => {
    const scenario = await afterFirst({ config: aConfig({ rollout: { keep: "removed" } }) });
    await scenario.deploy("v2");
    scenario.world.behaviours.set("v1", { unhealthy: ["web"] });
    expect(await scenario.rollback()).toMatchObject({ outcome: "failed", serving: { tag: "v2" } });
    expect(marked(scenario)).toEqual([]);
  });
});

describe("once a release is promoted", () => {
  it.each(["slots.stop web of blue", "slots.remove web of blue"])(
    "a failing %s leaves the release live",
    async (name) => {
      const keep = name.includes("stop") ? "stopped" : "removed";
      const scenario = await afterFirst({ config: aConfig({ rollout: { keep } }) });
      failOn(scenario, name);
      expect(await scenario.deploy("v2")).toMatchObject({ outcome: "live", exitCode: 0, serving: { tag: "v2" } });
      expect(scenario.world.events.some((event) => event.type === "error")).toBe(true);
      expect(scenario.world.violations).toEqual([]);
      scenario.world.restart();
      expect(await scenario.deploy("v3")).toMatchObject({ outcome: "live" });
    },
  );

  it("has users at the port that the previous publishes, although their door answers at another", async () => {
    const scenario = await afterFirst();
    const ports = [{ published: 8888, target: 3000, protocol: "tcp" as const }];
    const services = shopServices.map((service) => (service.name === "web" ? { ...service, ports } : service));
    failOn(scenario, "router.setRouting");
    expect(await scenario.deploy("v2", { services })).toMatchObject({ exitCode: 21, serving: { tag: "v1" } });
    expect([...scenario.world.state.doors.values()].map((door) => door.ports)).toEqual([[8080]]);
    expect(reached(scenario)).toEqual({ web: ["v1"] });
  });

  it("is not called live when users reach something else", async () => {
    const scenario = await afterFirst();
    scenario.world.calls.fault = ({ name }) =>
      name === "journal.append step-outcome promote-1"
        ? () => {
            for (const door of scenario.world.state.doors.values())
              door.routing = { stable: "blue", share: 0, salt: 0 };
          }
        : undefined;
    const result = await scenario.deploy("v2");
    expect(result).toMatchObject({ outcome: "needs-person", exitCode: 30, serving: { tag: "v1" } });
    expect(result.reason).toContain("users reach v1 (100 %)");
  });

  it("a last look that fails says that it is not known who serves", async () => {
    const scenario = await afterFirst();
    let promoted = false;
    scenario.world.calls.fault = ({ name }) => {
      promoted ||= name === "journal.append step-outcome promote-1";
      return promoted && name === "observer.observe" ? new SluiceError("ENGINE_UNREACHABLE", "gone") : undefined;
    };
    expect(await scenario.deploy("v2")).toMatchObject({ outcome: "live", exitCode: 0, serving: null });
    expect(scenario.world.events.at(-1)).toMatchObject({ type: "deployment-end", servingUnknown: true });
  });
});

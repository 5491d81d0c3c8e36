import type { ObservedContainer, StoredRelease } from "@sluice/core";
import { aContainer, aService, aStack } from "@sluice/core/testing";
import { aConfig } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import { aScenario, reached, type Scenario } from "../../test/support/scenario.ts";
import { lostBase } from "./lost-base.ts";

const services = [aService("web"), aService("db", { role: "data" }), aService("board", { role: "support" })];
const release = (image = "postgres:17", of = services) =>
  ({
    model: { name: "shop", services: { db: { image }, board: { image: "grafana" } } },
    bundle: { images: {}, services: of },
  }) as unknown as StoredRelease;
const lost = (containers: Readonly<Record<string, readonly ObservedContainer[]>>, serves: StoredRelease | null) => {
  const seen = { db: [aContainer("db")], board: [aContainer("board")], ...containers };
  const base = Object.entries(seen).map(([service, own]) => [
    service,
    { service, state: "current" as const, reason: "", containers: own },
  ]);
  const live = { slot: "blue", release: "r-1" } as const;
  return lostBase(release(), serves, { ...aStack({ services, live }), base: Object.fromEntries(base) });
};
const at = (time: string) => `2026-01-01T${time}Z`;
const down = (parts: Partial<ObservedContainer> = {}) =>
  aContainer("db", { name: "shop-db-1", state: "exited", exitCode: 1, ...parts });

describe("with a warm release comes back", () => {
  it("what nobody has a container of, and nothing that is there", () => {
    expect(lost({}, release())).toEqual({});
    expect(lost({ db: [], board: [] }, release())).toEqual({
      db: "no container of it is there",
      board: "no container of it is there",
    });
  });

  it("data that broke down, and not what was stopped or paused by hand", () => {
    expect(lost({ db: [down()] }, release())).toEqual({ db: "shop-db-1 is exited" });
    expect(lost({ db: [down({ state: "paused" })] }, release())).toEqual({});
    const byHand = down({ exitCode: 0, startedAt: at("09:00:00"), finishedAt: at("10:00:00") });
    const board = [aContainer("board", { startedAt: at("09:00:00") })];
    expect(lost({ db: [byHand], board }, release())).toEqual({});
    expect(lost({ board: [aContainer("board", { state: "exited", exitCode: 1 })] }, release())).toEqual({});
  });

  it("no data that the release which serves defines otherwise, or of which nobody knows", () => {
    expect(lost({ db: [] }, release("postgres:18"))).toEqual({});
    expect(lost({ db: [] }, null)).toEqual({});
    expect(lost({ db: [] }, release("postgres:18", [aService("web")]))).toHaveProperty("db");
  });
});

/** What `docker compose -p STACK down` leaves of a stack. */
function downBase({ world: { state } }: Scenario): void {
  for (const [id, { place }] of state.containers) if (place === "base") state.containers.delete(id);
}

const told = ({ world }: Scenario) =>
  world.events.flatMap((event) => (event.type === "finding" ? [event.finding.code] : []));

it("a warm rollback brings the database back before users are led to the release", async () => {
  const scenario = aScenario();
  for (const tag of ["v1", "v2"]) await scenario.deploy(tag);
  downBase(scenario);
  expect(await scenario.rollback()).toMatchObject({ outcome: "live", serving: { tag: "v1" } });
  const { log } = scenario.world.calls;
  const last = (name: string) => log.findLastIndex((call) => call.startsWith(name));
  expect(last("base.up db")).toBeLessThan(last("router.setRouting"));
  expect(last("base.up db")).toBeGreaterThan(last("slots.start web"));
  const { containers } = scenario.world.state;
  expect([...containers.values()].filter(({ service }) => service === "db")).toMatchObject([{ state: "running" }]);
  expect(reached(scenario)).toEqual({ web: ["v1"] });
  expect(told(scenario)).not.toContain("base-absent");
});

it("a warm rollback leaves what somebody stopped as it is, and says how it is started", async () => {
  const scenario = aScenario();
  for (const tag of ["v1", "v2"]) await scenario.deploy(tag);
  const { state, clock, events } = scenario.world;
  clock.advance(60_000);
  const db = [...state.containers.values()].find(({ service }) => service === "db");
  Object.assign(db ?? {}, { state: "exited", exitCode: 0, finishedAt: clock.now().toISOString() });
  clock.advance(60_000);
  expect(await scenario.rollback()).toMatchObject({ outcome: "live", serving: { tag: "v1" } });
  expect(db?.state).toBe("exited");
  expect(events.filter(({ type }) => type === "finding")).toMatchObject([
    {
      finding: {
        code: "base-stopped",
        service: "db",
        hint: `docker start ${db?.name}, or the next sluice deploy; at any time: sluice rollback v1`,
      },
    },
  ]);
});

it.each([
  ["live", undefined],
  ["failed", { exits: ["web"] }],
] as const)("a run that ends %s tells of base that is gone meanwhile", async (outcome, behaviour) => {
  const scenario = aScenario();
  await scenario.deploy("v1");
  if (behaviour) scenario.world.behaviours.set("v2", behaviour);
  scenario.world.calls.fault = ({ name }) => {
    if (name.startsWith("slots.start web")) downBase(scenario);
    return undefined;
  };
  expect(await scenario.deploy("v2")).toMatchObject({ outcome });
  expect(told(scenario).filter((code) => code === "base-absent")).toHaveLength(1);
});

it("what serves is whole again in a freeze as well, by a rollback to it", async () => {
  const frozen = aConfig({ windows: { freezes: [{ from: "2025-12-20", until: "2026-01-03", reason: "year end" }] } });
  const scenario = aScenario();
  await scenario.deploy("v1");
  const { containers } = scenario.world.state;
  for (const { id, service } of containers.values()) if (service !== "web") containers.delete(id);
  scenario.world.restart();
  await expect(scenario.deploy("v1", { config: frozen })).rejects.toMatchObject({ code: "WINDOW_CLOSED" });
  expect(await scenario.rollback("v1", { config: frozen })).toMatchObject({ outcome: "live", serving: { tag: "v1" } });
  const runs = [...containers.values()].map(({ service, state }) => `${service} ${state}`);
  expect(runs).toEqual(expect.arrayContaining(["db running", "web running", "worker running"]));
});

import { type Prober, SluiceError } from "@sluice/core";
import { aConfig } from "@sluice/testing";
import { expect, it } from "vitest";
import { problemsOf } from "../../test/support/enumerate.ts";
import { aScenario, reached } from "../../test/support/scenario.ts";

it("a candidate that takes no connection when it is to become the stable version is taken back", async () => {
  const scenario = aScenario();
  await scenario.deploy("v1");
  scenario.world.restart();
  scenario.world.behaviours.set("v2", { failingChecks: ["web takes connections"] });
  expect(await scenario.deploy("v2")).toMatchObject({
    outcome: "rolled-back",
    exitCode: 21,
    serving: { tag: "v1" },
    reason: expect.stringContaining("web takes connections"),
  });
  expect(reached(scenario)).toEqual({ web: ["v1"] });
  expect(await problemsOf(scenario)).toEqual([]);
});

it("a candidate that the engine was too busy to ask is promoted all the same, and that is told", async () => {
  const scenario = aScenario();
  await scenario.deploy("v1");
  scenario.world.restart();
  const ports = scenario.world.ports();
  const probe: Prober["probe"] = async (check, target, signal) => {
    const verdict = await ports.prober.probe(check, target, signal);
    if (check.type !== "tcp") return verdict;
    return { ...verdict, result: "no-data", onNoData: check.onNoData, value: "not asked within 17s" };
  };
  scenario.world.ports = () => ({ ...ports, prober: { probe } });
  expect(await scenario.deploy("v2")).toMatchObject({ outcome: "live", exitCode: 0, serving: { tag: "v2" } });
  const finding = {
    severity: "warn",
    code: "not-asked",
    message: "whether web takes connections is not known: not asked within 17s",
  };
  expect(scenario.world.events).toContainEqual(expect.objectContaining({ type: "finding", finding }));
  expect(reached(scenario)).toEqual({ web: ["v2"] });
});

it("a door that does not reach the candidate is named by its service, with what it asks for", async () => {
  const scenario = aScenario({ config: aConfig({ services: { web: { health: { path: "/healthz" } } } }) });
  await scenario.deploy("v1");
  scenario.world.restart();
  const { doors } = scenario.world.state;
  scenario.world.calls.fault = ({ name }) => {
    if (name !== "router.waitServers door web at green") return undefined;
    const [id] = [...doors].find(([, { service, kind }]) => service === "web" && kind === "door") ?? [];
    return new SluiceError("NOT_READY", `door ${id} reaches 0 of 1 servers of green after 30s: status 503`);
  };
  expect(await scenario.deploy("v2")).toMatchObject({
    outcome: "failed",
    serving: { tag: "v1" },
    error: {
      message: "door web reaches 0 of 1 servers of green after 30s: status 503, asked for /healthz",
      hint: "web must answer /healthz with 2xx or 3xx where it is asked for as localhost (services.web.health.host names another); sluice logs web shows what it says",
    },
  });
});

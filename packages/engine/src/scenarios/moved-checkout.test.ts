import { SluiceError } from "@sluice/core";
import { aService } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import { aScenario, type Scenario } from "../../test/support/scenario.ts";

const services = [aService("web"), aService("proxy", { role: "edge" })];
const path = "/old/nginx.conf";

/** The second release has another definition of the proxy, and is given up once that is made. */
async function failingV2(kind: "unproven" | "missing", proxy: "running" | "exited" = "running"): Promise<Scenario> {
  const scenario = aScenario({ services });
  const { calls, state } = scenario.world;
  await scenario.deploy("v1", { images: { proxy: "nginx:1" } });
  state.goneFiles.set("proxy", { kind, path });
  calls.fault = ({ name }) => {
    // It ended for a reason, and would end again.
    if (name.startsWith("slots.startPlain")) return new SluiceError("START_FAILED", "proxy cannot be started");
    if (name !== "router.drain door web at blue") return undefined;
    for (const one of state.containers.values()) if (one.service === "proxy") one.state = proxy;
    return new SluiceError("ENGINE_FAILED", "it does not drain");
  };
  return scenario;
}

const proxies = ({ world }: Scenario) =>
  [...world.state.containers.values()].flatMap(({ service, spec, state }) =>
    service === "proxy" ? [`${(JSON.parse(spec) as { image: string }).image} ${state}`] : [],
  );
const told = ({ world }: Scenario) =>
  world.events.flatMap((event) =>
    event.type === "finding" && event.finding.service === "proxy"
      ? [`${event.finding.code}: ${event.finding.message}`]
      : [],
  );
const kept = `base-kept: base service proxy stays as it runs: v1 mounts ${path}, which is not there any more, and holds no copy`;

describe("a proxy of the project whose files are gone with the checkout that it was deployed from", () => {
  it.each(["unproven", "missing"] as const)("stays where it runs, which is told: %s", async (kind) => {
    const scenario = await failingV2(kind);
    const ended = await scenario.deploy("v2", { images: { proxy: "nginx:2" } });
    expect(ended).toMatchObject({ outcome: "rolled-back", serving: { tag: "v1", share: 100 } });
    expect(proxies(scenario)).toEqual(["nginx:2 running"]);
    expect(told(scenario)).toContain(kept);
  });

  it("stays in a rollback, too", async () => {
    const scenario = aScenario({ services });
    const images = { proxy: "nginx:2" };
    await scenario.deploy("v1", { images: { proxy: "nginx:1" } });
    await scenario.deploy("v2", { images });
    scenario.world.state.goneFiles.set("proxy", { kind: "missing", path });
    expect(await scenario.rollback(undefined, { images })).toMatchObject({ outcome: "live", serving: { tag: "v1" } });
    expect(proxies(scenario)).toEqual(["nginx:2 running"]);
    expect(told(scenario)).toContain(kept);
  });

  it("is made with what is checked out now where it does not run", async () => {
    const scenario = await failingV2("unproven", "exited");
    await scenario.deploy("v2", { images: { proxy: "nginx:2" } });
    expect(proxies(scenario)).toEqual(["nginx:1 running"]);
    expect(told(scenario)[0]).toMatch(/^base-files-of-now: /);
  });

  it("is left to a person where there is nothing to make it with, who is told that nobody may come through", async () => {
    const scenario = await failingV2("missing", "exited");
    const ended = await scenario.deploy("v2", { images: { proxy: "nginx:2" } });
    expect(ended).toMatchObject({
      outcome: "needs-person",
      reason: expect.stringContaining(
        "could not be undone: base edge proxy; proxy does not run, and users come through it",
      ),
      error: { code: "COMPOSE_FAILED" },
    });
    expect(scenario.world.events.at(-1)).toMatchObject({ type: "deployment-end", shut: ["proxy"] });
    expect((ended.error as SluiceError).message).toBe(
      `service proxy cannot be made as v1 has it: ${path}, which it mounts, is not there any more, and no copy is stored`,
    );
    expect(proxies(scenario)).toEqual(["nginx:2 exited"]);
  });
});

it("an application in base is never left as another version", async () => {
  const alone = [aService("web", { strategy: "recreate" })];
  const scenario = aScenario({ services: alone });
  await scenario.deploy("v1");
  await scenario.deploy("v2");
  scenario.world.state.goneFiles.set("web", { kind: "missing", path });
  const ended = await scenario.rollback();
  scenario.world.state.goneFiles.clear();
  expect(ended).toMatchObject({ error: { code: "COMPOSE_FAILED" } });
  expect(ended.outcome).not.toBe("live");
});

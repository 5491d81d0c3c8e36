import { expect, it } from "vitest";
import { aScenario } from "../../test/support/scenario.ts";
import { readAttempts } from "../record/read-attempts.ts";

const changesOf = async ({ world }: ReturnType<typeof aScenario>) =>
  (await readAttempts(world.ports().journal)).map(({ start }) => start.modelChanges);

it("the beginning of each deployment records what it changes in the model", async () => {
  const scenario = aScenario();
  await scenario.deploy("v1", { images: { web: "shop:1" } });
  scenario.world.restart();
  await scenario.deploy("v2", { images: { web: "shop:2" } });
  scenario.world.restart();
  await scenario.deploy("v2", { images: { web: "shop:2" } });
  scenario.world.restart();
  await scenario.rollback("v1");
  const to = (before: string, after: string) => ({
    listed: [{ path: "services.web.image", change: "changed", before, after }],
    omitted: 0,
  });
  expect(await changesOf(scenario)).toEqual([
    null,
    to("shop:1", "shop:2"),
    { listed: [], omitted: 0 },
    to("shop:2", "shop:1"),
  ]);
});

it("a deployment tells of a variable that nobody sets any more, and that what serves has", async () => {
  const scenario = aScenario();
  const told = () => scenario.world.events.flatMap((event) => (event.type === "finding" ? [event.finding.code] : []));
  await scenario.deploy("v1", { environment: { web: { KEY: "sk", NEW: null } } });
  expect(told()).not.toContain("variable-gone");
  await scenario.deploy("v2", { environment: { web: { KEY: null, NEW: null } } });
  expect(told().filter((code) => code === "variable-gone")).toHaveLength(1);
});

it("a deployment tells that what serves is made of other compose files, unless it is the very release", async () => {
  const scenario = aScenario();
  const told = () =>
    scenario.world.events.flatMap((event) =>
      event.type === "finding" && event.finding.code === "compose-files-differ" ? [event.finding.hint] : [],
    );
  const composeFiles = ["/runner/compose.yaml", "/runner/compose.sluice.yml"];
  await scenario.deploy("v1", { composeFiles });
  await scenario.deploy("v1");
  await scenario.deploy("v2", { composeFiles });
  expect(told()).toEqual([]);
  await scenario.deploy("v3");
  expect(told()).toEqual([expect.stringContaining("COMPOSE_FILE=compose.yaml:compose.sluice.yml")]);
});

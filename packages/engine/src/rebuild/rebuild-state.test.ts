import { isSluiceError, type ReleaseRequest, type ServiceFacts } from "@sluice/core";
import { aProject, aRequest, aService } from "@sluice/testing";
import { expect, it } from "vitest";
import { aScenario, reached, type Scenario, shopServices } from "../../test/support/scenario.ts";
import { findRebuildable, readAttempts, storeRebuilt } from "../index.ts";

const project = aProject({ services: shopServices });

/** The state home is gone: what the engine shows is all that is left. */
async function lost(...tags: readonly string[]): Promise<Scenario> {
  return lostOf(aScenario(), ...tags);
}

async function lostOf(scenario: Scenario, ...tags: readonly string[]): Promise<Scenario> {
  for (const tag of tags) await scenario.deploy(tag);
  const { state } = scenario.world;
  state.records.length = 0;
  state.bundles.clear();
  return scenario;
}

async function rebuild(
  { world }: Scenario,
  release: ReleaseRequest | null,
  other: { readonly services?: readonly ServiceFacts[]; readonly previousHome?: string | null } = {},
) {
  const { services, previousHome = "home" } = other;
  const wanted = services ? aProject({ services }) : project;
  const request = { stack: "shop", project: wanted, release, actor: "mira", reason: "disk died", previousHome };
  world.restart();
  const ports = world.ports();
  return storeRebuilt(request, await findRebuildable(request, ports), ports);
}

it("tells who serves and what the slots hold, and what is lost", async () => {
  const scenario = await lost("v1", "v2");
  const state = await rebuild(scenario, null);
  expect(state.serving).toMatchObject({ tag: "v2", slot: "green", share: 100 });
  expect(state.slots.map(({ slot, tag, live, bundle }) => [slot, tag, live, bundle])).toEqual([
    ["blue", "v1", false, false],
    ["green", "v2", true, false],
  ]);
  expect(state.lost).toEqual([
    expect.stringMatching(/^the bundle of release v1 \(r-.*\) in slot blue: /),
    expect.stringMatching(/^the bundle of release v2 \(r-.*\) in slot green: /),
    expect.stringContaining("record of earlier deployments"),
    expect.stringContaining("key of the previews"),
  ]);
});

it("begins the journal with a record that says so", async () => {
  const scenario = await lost("v1");
  const state = await rebuild(scenario, null);
  const { records } = scenario.world.state;
  expect(records).toMatchObject([
    { seq: 1, type: "state-rebuilt", actor: "mira", reason: "disk died", previousHome: "home", serving: { tag: "v1" } },
  ]);
  expect(records[0]?.["lost"]).toEqual(state.lost);
  expect(await readAttempts(scenario.world.ports().journal)).toEqual([]);
});

it("makes the bundle of the release again that the checkout is, and no other", async () => {
  const scenario = await lost("v1", "v2");
  const state = await rebuild(scenario, aRequest("v1"));
  expect(state.slots.map(({ tag, bundle }) => [tag, bundle])).toEqual([
    ["v1", true],
    ["v2", false],
  ]);
  const [stored] = [...scenario.world.state.bundles.values()];
  expect(stored?.bundle).toMatchObject({ id: state.slots[0]?.release, tag: "v1", commit: "commit-of-v1" });
  // Nobody knows any more that it was live before: who does says so.
  await expect(scenario.rollback()).rejects.toMatchObject({
    code: "NOTHING_TO_ROLL_BACK",
    message: "the record does not tell which release was live before the one that serves; v1 is stored",
    hint: "sluice rollback v1 goes back to it",
  });
  // It is as good as the one that was lost: the way back goes through it.
  expect(await scenario.rollback("v1")).toMatchObject({ outcome: "live", serving: { tag: "v1" } });
  expect(reached(scenario)).toEqual({ web: ["v1"] });
});

it("takes no guess where versions have the same images", async () => {
  const only = shopServices.map((service) => ({ ...service, builds: false }));
  const same = aProject({ services: only });
  const scenario = aScenario({ services: only });
  for (const tag of ["v1", "v2"]) await scenario.deploy(tag);
  const { state } = scenario.world;
  state.records.length = 0;
  state.bundles.clear();
  scenario.world.restart();
  const ports = scenario.world.ports();
  const tags = async (release: ReleaseRequest | null) => {
    const request = { stack: "shop", project: same, release, actor: "mira", reason: "", previousHome: null };
    return (await findRebuildable(request, ports)).slots.map(({ tag, bundle }) => [tag, bundle]);
  };
  expect(await tags(null)).toEqual([
    [null, false],
    [null, false],
  ]);
  // Which one the checkout is, is proven; then only one is left for the other.
  expect(await tags(aRequest("v2"))).toEqual([
    ["v1", false],
    ["v2", true],
  ]);
});

it("takes no changed tree for a release, and no release whose images are gone", async () => {
  const scenario = await lost("v1");
  expect((await rebuild(scenario, aRequest("v1", { dirty: true }))).slots).toMatchObject([{ bundle: false }]);
  scenario.world.state.tags.delete("sluice/shop-migrate:v1");
  expect((await rebuild(scenario, aRequest("v1"))).slots).toMatchObject([{ tag: "v1", bundle: false }]);
});

it("leaves a stack that the next deployment finds its way in", async () => {
  const scenario = await lost("v1", "v2");
  await rebuild(scenario, null);
  scenario.world.restart();
  expect(await scenario.deploy("v3")).toMatchObject({ outcome: "live", serving: { tag: "v3", slot: "blue" } });
  expect(scenario.world.violations).toEqual([]);
});

it("makes an empty one for a stack without slots, of which only its home is known, and says what is lost", async () => {
  const services = [aService("web", { strategy: "recreate" }), aService("db", { role: "data" })];
  const scenario = await lostOf(aScenario({ services }), "v1");
  const state = await rebuild(scenario, null, { services });
  expect(state).toEqual({
    serving: null,
    slots: [],
    lost: [
      expect.stringContaining("which release runs in base (web)"),
      expect.stringContaining("record of earlier deployments"),
    ],
  });
  expect(scenario.world.state.records).toMatchObject([{ type: "state-rebuilt", previousHome: "home" }]);
  scenario.world.restart();
  expect(await scenario.deploy("v2")).toMatchObject({ outcome: "live", serving: { tag: "v2", slot: null } });
});

it("makes an empty one for a stack of which nothing is left but the name of its home", async () => {
  expect(await rebuild(await lost(), null)).toMatchObject({ serving: null, slots: [], lost: [expect.any(String)] });
});

it("is refused where there is nothing to rebuild from, and changes nothing", async () => {
  const scenario = await lost();
  const refused = await rebuild(scenario, null, { previousHome: null }).catch((error: unknown) => error);
  expect(isSluiceError(refused) && [refused.code, refused.exitCode]).toEqual(["PREFLIGHT_FAILED", 10]);
  expect(scenario.world.state.records).toEqual([]);
});

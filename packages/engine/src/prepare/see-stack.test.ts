import { type ServiceFacts, stackFindings } from "@sluice/core";
import { aConfig, aProject, aRequest, aService, createFakeWorld } from "@sluice/testing";
import { describe, expect, it } from "vitest";
import { deploy, rollback } from "../deploy.ts";
import { findServing, seeStack, servingNow } from "./see-stack.ts";

const signal = new AbortController().signal;
const db = aService("db", { role: "data" });
const inBase = (name: string, role: ServiceFacts["role"] = "web") => aService(name, { role, strategy: "recreate" });

/** A stack that has gone back from what is checked out to the release before. */
async function goneBack(before: readonly ServiceFacts[], checkedOut: readonly ServiceFacts[]) {
  const world = createFakeWorld();
  const facts = { stack: world.state.stack, homeId: "home", previewSecret: "secret of the preview", config: aConfig() };
  const asked = (services: readonly ServiceFacts[]) => ({
    ...facts,
    project: aProject({ services }),
    actor: "tester",
    reason: "a test",
  });
  await deploy({ ...asked(before), release: aRequest("v1") }, world.ports(), signal);
  await deploy({ ...asked(checkedOut), release: aRequest("v2") }, world.ports(), signal);
  await rollback({ ...asked(checkedOut), to: undefined }, world.ports(), signal);
  const project = aProject({ services: checkedOut });
  return { known: { project, standIn: null }, ports: world.ports() };
}

describe("a stack that went back to a release in base, with one in slots checked out", () => {
  const v1 = [inBase("web"), db];
  const v2 = [aService("web"), db];

  it("is served by that release, by what was observed for the checkout too", async () => {
    const { known, ports } = await goneBack(v1, v2);
    expect(await findServing(known, ports)).toMatchObject({ live: null, stored: { bundle: { tag: "v1" } } });
    const [observed, bundles] = [await ports.observer.observe(known.project), await ports.bundles.list()];
    const now = await servingNow(known, { observed, bundles }, ports);
    expect(now).toMatchObject({ tag: "v1", slot: null, share: 100 });
  });

  it("is seen for the services of that release", async () => {
    const { known, ports } = await goneBack(v1, v2);
    const { observed, live, services } = await seeStack(known, ports);
    expect(live).toBeNull();
    expect(services).toEqual(v1);
    expect(observed.base["web"]?.containers).toHaveLength(1);
  });
});

it("a worker that works in base is none twice where the checkout has it in slots", async () => {
  const v1 = [aService("web"), inBase("worker", "worker"), db];
  const { known, ports } = await goneBack(v1, [aService("web"), aService("worker", { role: "worker" }), db]);
  const { observed, services } = await seeStack(known, ports);
  expect(stackFindings(observed, services)).toEqual([]);
  const found = await findServing(known, ports);
  expect(found?.observed.base["worker"]?.containers).toHaveLength(1);
});

it("what is checked out is looked at once where it is what serves, or where the release that serves stands in for it", async () => {
  const v1 = [aService("web"), db];
  const looksAt = async (
    checkedOut: readonly ServiceFacts[],
    standIn: (release: string) => { release: string } | null,
  ) => {
    const { known, ports } = await goneBack(v1, checkedOut);
    const { stored } = await seeStack(known, ports);
    let looks = 0;
    const observer = {
      ...ports.observer,
      observe: async (...asked: Parameters<typeof ports.observer.observe>) => {
        looks += 1;
        return ports.observer.observe(...asked);
      },
    };
    await seeStack({ ...known, standIn: standIn(stored?.bundle.id ?? "") }, { ...ports, observer });
    return looks;
  };
  const other = [...v1, aService("mailer", { role: "worker" })];
  expect(await looksAt(v1, () => null)).toBe(1);
  expect(await looksAt(other, () => null)).toBe(2);
  expect(await looksAt(other, (release) => ({ release }))).toBe(1);
});

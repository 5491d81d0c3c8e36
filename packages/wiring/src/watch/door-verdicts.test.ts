import { type Check, type ObservedDoor, type ProbeTarget, SluiceError, stops, type Verdict } from "@sluice/core";
import { aDoor, aService } from "@sluice/core/testing";
import { expect, it } from "vitest";
import { doorVerdicts } from "./door-verdicts.ts";

const services = [
  aService("web", { port: 8_080 }),
  aService("admin", { port: 9_000 }),
  aService("db", { role: "data" }),
];
const routing = { stable: "blue", share: 0, salt: 0 } as const;

interface Machine {
  readonly closed?: number;
  /** The engine does not ask it in time. */
  readonly unasked?: number;
  readonly down?: string;
}

async function verdictsOf(
  door: Partial<ObservedDoor>,
  { closed, unasked, down }: Machine = {},
): Promise<readonly Verdict[]> {
  const prober = {
    probe: async (check: Check, { addresses }: ProbeTarget): Promise<Verdict> => {
      expect(Object.values(addresses ?? {})).toEqual([["127.0.0.1"]]);
      const result = check.type === "tcp" && check.port === closed ? "fail" : "pass";
      if (check.type === "tcp" && check.port === unasked) {
        return { check: check.name, result: "no-data", value: "not asked within 18s", limit: "", n: 1 };
      }
      return { check: check.name, result, value: "", limit: "", n: 1 };
    },
  };
  const router = {
    waitServers: async (_door: string, slot: string) => {
      if (slot === down) throw new SluiceError("NOT_READY", "0 of 1 servers are up");
    },
  };
  const admin = { ...aDoor("admin", routing), containerId: "0123456789abcdef", ...door };
  return doorVerdicts({ doors: { web: aDoor("web", routing), admin } }, services, { prober, router });
}
const failuresOf = async (...facts: Parameters<typeof verdictsOf>) =>
  (await verdictsOf(...facts)).filter(stops).map(({ check, value, detail }) => ({ check, value, detail }));

it("every door of the release has a verdict, and nothing else has", async () => {
  expect((await verdictsOf({})).map(({ check, result, value }) => [check, result, value])).toEqual([
    ["door web", "pass", "leads to blue"],
    ["door admin", "pass", "leads to blue"],
  ]);
});

it("one door of several that does not run is a failure, with the command that mends it", async () => {
  expect(await failuresOf({ state: "stopped", reason: "it is exited", routing: null })).toEqual([
    {
      check: "door admin",
      value: "stopped",
      detail:
        "door admin does not run (it is exited): nobody reaches admin\ndocker start 0123456789ab, or the next sluice deploy, which starts it first of all",
    },
  ]);
  const gone = { state: "absent", containerId: null, routing: null } as const;
  expect(await failuresOf(gone)).toMatchObject([
    { check: "door admin", value: "absent", detail: expect.stringContaining("the next sluice deploy makes it") },
  ]);
  expect(await failuresOf({ routing: null })).toMatchObject([
    { check: "door admin", value: "silent", detail: expect.stringContaining("docker restart 0123456789ab") },
  ]);
});

it("one that runs and lets nobody in is, too", async () => {
  const unpublished = { state: "outdated", reason: "its port 80 is not published", isUnreached: true } as const;
  expect(await failuresOf(unpublished)).toMatchObject([
    { check: "door admin", value: "cut off", detail: expect.stringContaining("its port 80 is not published") },
  ]);
  expect(await failuresOf({}, { closed: 9_000 })).toMatchObject([
    { check: "door admin", value: "port 9000 does not answer", detail: expect.stringContaining("docker restart") },
  ]);
});

it("one that the engine does not ask in time is not known to be shut, and does not pass unseen", async () => {
  const verdicts = (await verdictsOf({}, { unasked: 9_000 })).filter(stops);
  expect(verdicts).toMatchObject([
    { check: "door admin", result: "no-data", onNoData: "fail", value: "port 9000: not asked within 18s" },
  ]);
});

it("one that leads nowhere, or to no server that is up, is, too; that one is outdated is none", async () => {
  expect(await failuresOf({ routing: { stable: null, share: 0, salt: 0 } })).toMatchObject([
    { check: "door admin", value: "leads nowhere" },
  ]);
  expect(await failuresOf({ routing: { stable: "green", share: 0, salt: 0 } }, { down: "green" })).toMatchObject([
    { check: "door admin", value: "no server of green is up", detail: expect.stringContaining("sluice logs admin") },
  ]);
  // A candidate that gets a share has to be there as well.
  expect(await failuresOf({ routing: { ...routing, share: 10 } }, { down: "green" })).toHaveLength(1);
  expect(await failuresOf({ state: "outdated", reason: "its image changed" })).toEqual([]);
});

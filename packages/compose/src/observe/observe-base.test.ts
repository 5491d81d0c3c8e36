import type { ComposeModel } from "@sluice/core";
import { expect, it } from "vitest";
import { factsOf } from "../../test/support/slot-request.ts";
import { baseChange, observeBaseService } from "./observe-base.ts";

const model: ComposeModel = {
  name: "shop",
  services: { db: { image: "postgres:17", volumes: [{ type: "volume", source: "data2", target: "/data" }] } },
  volumes: { data2: { name: "shop_data2" } },
};
const [db] = factsOf(model);
const mount = (Name: string) => ({ Type: "volume", Name, RW: true, Destination: "/data" }) as never;
const running = (...volumes: readonly string[]) =>
  ({
    Id: "1",
    Name: "/shop-db-1",
    Image: "sha256:1",
    Config: { Image: "postgres:17", Labels: { "com.docker.compose.config-hash": "old" } },
    State: { Status: "running", Running: true, StartedAt: "", FinishedAt: "" },
    HostConfig: {},
    Mounts: volumes.map(mount),
  }) as unknown as Parameters<typeof observeBaseService>[1][number];
const facts = { name: "db", role: "data", builds: false } as const;
const other = (image: string): ComposeModel => ({ ...model, services: { db: { ...model.services["db"], image } } });

it("a volume that a service is to have no more is told before its container is replaced", () => {
  const containers = [running("shop_data")];
  expect(db && observeBaseService(db, containers, ["new"], () => baseChange(containers, model, db, []))).toMatchObject({
    state: "changed",
    reason: "its configuration changed (old runs, new is wanted), and it leaves what is in volume shop_data",
    change: { leaves: ["shop_data"], takes: ["shop_data2"], makes: ["shop_data2"], keepsOthers: false },
  });
});

it("a directory that is to be another one is told, as what is in it stays there", () => {
  const bound = (source: string) => ({ type: "bind" as const, source, target: "/data" });
  const wants = (source: string): ComposeModel => ({
    ...model,
    services: { db: { ...model.services["db"], volumes: [bound(source)] } },
  });
  const holds = (RW: boolean) => {
    const Mounts = [{ Type: "bind", Source: "/srv/shop/data", RW, Destination: "/data" }];
    return { ...running(), Mounts } as unknown as ReturnType<typeof running>;
  };
  const told = (container: ReturnType<typeof running>, source: string) =>
    db && observeBaseService(db, [container], ["new"], () => baseChange([container], wants(source), db, [])).reason;
  expect(told(holds(true), "/srv/shop/deploy/data")).toBe(
    "its configuration changed (old runs, new is wanted), and its /data is to be directory /srv/shop/deploy/data, not /srv/shop/data",
  );
  expect(told(holds(true), "/srv/shop/data")).toBe("its configuration changed (old runs, new is wanted)");
  // What it only reads are files of the checkout.
  expect(told(holds(false), "/srv/shop/deploy/data")).toBe("its configuration changed (old runs, new is wanted)");
});

it("what a change means for data is told by names on the engine", () => {
  const unnamed = "a".repeat(64);
  expect(baseChange([running("shop_data2", unnamed)], model, facts, [])).toEqual({
    leaves: [],
    takes: [],
    makes: [],
    keepsOthers: true,
  });
  expect(baseChange([running("shop_data")], model, facts, ["shop_data2"])).toMatchObject({ makes: [] });
  const image = { runs: "postgres:17", wanted: "postgres:18" };
  expect(baseChange([running("shop_data2")], other("postgres:18"), facts, [])).toMatchObject({ image });
  expect(baseChange([running()], other("postgres:18"), { ...facts, builds: true }, [])).not.toHaveProperty("image");
});

it.each([
  ["current", { Status: "running", Running: true }],
  ["stopped", { Status: "exited", Running: false }],
  ["stopped", { Status: "paused", Running: true, Paused: true }],
])("a base service as it is wanted is %s where its container is %j", (state, seen) => {
  const container = { ...running(), State: { ...running().State, ...seen } } as ReturnType<typeof running>;
  expect(db && observeBaseService(db, [container], ["old"]).state).toBe(state);
});

it("a service of which none is wanted is as it should be where there is none", () => {
  const observe = (replicas: number, ...containers: readonly ReturnType<typeof running>[]) =>
    db && observeBaseService({ ...db, replicas }, containers, ["old"]);
  expect(observe(0)).toMatchObject({ state: "current", reason: "" });
  expect(observe(1)).toMatchObject({ state: "absent" });
  expect(observe(0, running())).toMatchObject({ state: "changed", reason: "1 container, 0 are wanted" });
});

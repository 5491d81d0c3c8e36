import type { ComposeModel } from "@sluice/core";
import { expect, it } from "vitest";
import { factsOf } from "../../test/support/slot-request.ts";
import { observeBaseService, volumesLeft } from "./observe-base.ts";

const model: ComposeModel = {
  name: "shop",
  services: { db: { image: "postgres:17", volumes: [{ type: "volume", source: "data2", target: "/data" }] } },
  volumes: { data2: { name: "shop_data2" } },
};
const [db] = factsOf(model);
const mount = (Name: string) => ({ Type: "volume", Name, Destination: "/data" }) as never;
const running = (...volumes: readonly string[]) =>
  ({
    Id: "1",
    Name: "/shop-db-1",
    Image: "sha256:1",
    Config: { Labels: { "com.docker.compose.config-hash": "old" } },
    State: { Status: "running", Running: true, StartedAt: "", FinishedAt: "" },
    Mounts: volumes.map(mount),
  }) as unknown as Parameters<typeof observeBaseService>[1][number];

it("a volume that a service is to have no more is told before its container is replaced", () => {
  expect(volumesLeft([running("shop_data2", "a".repeat(64))], model, "db")).toEqual([]);
  const containers = [running("shop_data")];
  const left = volumesLeft(containers, model, "db");
  expect(left).toEqual(["shop_data"]);
  expect(db && observeBaseService(db, containers, ["new"], left)).toMatchObject({
    state: "changed",
    reason: "its configuration changed (old runs, new is wanted), and it leaves what is in volume shop_data",
  });
});

it("a service of which none is wanted is as it should be where there is none", () => {
  const observe = (replicas: number, ...containers: readonly ReturnType<typeof running>[]) =>
    db && observeBaseService({ ...db, replicas }, containers, ["old"]);
  expect(observe(0)).toMatchObject({ state: "current", reason: "" });
  expect(observe(1)).toMatchObject({ state: "absent" });
  expect(observe(0, running())).toMatchObject({ state: "changed", reason: "1 container, 0 are wanted" });
});

import { expect, it } from "vitest";
import { aService } from "../testing/index.ts";
import { slotServices } from "./placement.ts";

it("what answers or works in slots, and is not switched off by a profile, lives there", () => {
  const services = [
    aService("web"),
    aService("worker", { role: "worker" }),
    aService("at-once", { strategy: "recreate" }),
    aService("db", { role: "data" }),
    aService("migrate", { role: "job" }),
    aService("off", { active: false }),
  ];
  expect(slotServices(services).map(({ name }) => name)).toEqual(["web", "worker"]);
});

import { defaultDatabase } from "@sluice/core";
import { aService } from "@sluice/core/testing";
import { expect, it } from "vitest";
import { statementLimit } from "./statement-limit.ts";

const { migrate } = defaultDatabase();
const services = [aService("web"), aService("migrate", { role: "job" }), aService("seed", { role: "job" })];

it("a statement of a job may take as long as jobs are let, where all of them are watched", () => {
  expect(statementLimit(migrate, services)).toBe(900_000);
  expect(statementLimit({ ...migrate, jobs: ["migrate", "seed"] }, services)).toBe(900_000);
  expect(statementLimit({ ...migrate, jobs: ["migrate"] }, services)).toBeNull();
  expect(statementLimit({ ...migrate, enabled: false }, services)).toBeNull();
  expect(statementLimit(migrate, [aService("web")])).toBeNull();
});

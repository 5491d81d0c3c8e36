import { expect, it } from "vitest";
import { isFor, secretSuffix, slugOf } from "./names.ts";

it.each([
  ["production", ".github/workflows/deploy-production.yml", true],
  ["production", ".github/workflows/prod.yml", true],
  ["production", ".github/workflows/deployProd.yml", true],
  ["production", ".github/workflows/preprod.yml", false],
  ["staging", ".github/workflows/deploy_STAGE.yml", true],
  ["eu", ".github/workflows/queue.yml", false],
  ["eu", ".github/workflows/deploy-eu.yml", true],
])("for %s is %s: %s", (environment, path, expected) => {
  expect(isFor(environment, path)).toBe(expected);
});

it("a name of any kind makes names of files and secrets", () => {
  expect(slugOf("eu west/1")).toBe("eu-west-1");
  expect(slugOf("生产")).toBe("生产");
  expect(secretSuffix("eu-west.1")).toBe("EU_WEST_1");
});

import { expect, it } from "vitest";
import type { ObservedBaseService } from "../../model/stack.ts";
import { withChangedPlatforms } from "./changed-platform.ts";

const reason = "its configuration changed (a1 runs, b2 is wanted)";
const aModel = (platform?: string) => ({ name: "shop", services: { app: platform ? { platform } : {} } });
const told = (before: ReturnType<typeof aModel> | undefined, after: ReturnType<typeof aModel>, state = "changed") => {
  const app = { service: "app", state: state as ObservedBaseService["state"], reason, containers: [] };
  return withChangedPlatforms({ base: { app } }, before, after).base["app"]?.reason;
};

it.each([
  ["linux/amd64", "linux/arm64", "linux/amd64 runs, linux/arm64 is wanted"],
  [undefined, "linux/arm64", "the engine's own runs, linux/arm64 is wanted"],
  ["linux/amd64", undefined, "linux/amd64 runs, the engine's own is wanted"],
])("that a base service is for another platform is told: %s, %s", (before, after, both) => {
  expect(told(aModel(before), aModel(after))).toBe(`${reason}, also its platform (${both})`);
});

it("nothing is said of the same platform, of what did not change, and where no release is known", () => {
  expect(told(aModel("linux/amd64"), aModel("linux/amd64"))).toBe(reason);
  expect(told(aModel("linux/amd64"), aModel("linux/arm64"), "current")).toBe(reason);
  expect(told(undefined, aModel("linux/arm64"))).toBe(reason);
});

it("of a service that the release that serves has not, there is no platform before", () => {
  expect(told({ name: "shop", services: {} } as never, aModel("linux/arm64"))).toBe(reason);
});

import { describe, expect, it } from "vitest";
import { aService } from "../../testing/a-service.ts";
import { closings } from "./plan-ending.ts";

describe("a door goes", () => {
  it.each([
    ["because its service is gone", [], "the release has no admin"],
    ["because its service is off", [aService("admin", { active: false })], "admin is in none of the active profiles"],
    [
      "because nobody comes in to its service any more",
      [aService("admin", { role: "worker" })],
      "admin has the role worker in the release, and no door",
    ],
    [
      "because its service is in base now",
      [aService("admin", { strategy: "recreate" })],
      "admin is replaced stop-first, and reached without a door",
    ],
  ] as const)("%s", (_title, services, why) => {
    expect(closings(["admin"], [aService("web"), ...services])).toEqual([{ service: "admin", why }]);
  });
});

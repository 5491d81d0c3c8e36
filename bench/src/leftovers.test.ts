import { describe, expect, it } from "vitest";
import { mountsIn, ownersOf } from "./leftovers.ts";

describe("what a killed bench has left", () => {
  it.each([
    ["a container, a network or a volume", "sluice-bench-451-sluice-blue-web-1"],
    ["an image", "sluice-bench-451-compose-web:latest"],
    ["an image of a release", "sluice/sluice-bench-451-sluice-web:v1"],
    ["a directory", "sluice-bench-451-XSyieu"],
  ])("is known by the name of %s", (_what, name) => {
    expect(ownersOf([name])).toEqual([{ pid: 451, prefix: "sluice-bench-451-" }]);
  });

  it("is told apart by process, whose number may begin another's, and by what it ran", () => {
    const names = ["sluice-bench-451-a", "sluice-bench-4512-a", "sluice-demo-451-shop-web-1", "sluice-bench-451-b"];
    expect(ownersOf(names).map(({ prefix }) => prefix)).toEqual([
      "sluice-bench-451-",
      "sluice-bench-4512-",
      "sluice-demo-451-",
    ]);
  });

  it("is nothing of others, nor what somebody keeps", () => {
    const names = ["sluice-demo-kept-451-shop-web-1", "sluice-bench-x-1", "my-sluice-bench-451-a", "sluice/door:3.0"];
    expect(ownersOf([...names, "sluice-e2e-2516cca5-hBLifs", "sluice-bench-451"])).toEqual([]);
  });
});

it("what is mounted in a directory is unmounted from the newest on", () => {
  const mountinfo = [
    "22 1 0:20 / / rw,relatime - overlay overlay rw",
    "90 22 0:50 / /tmp/sluice-bench-451-ab/room rw,relatime - tmpfs tmpfs rw",
    String.raw`91 22 0:51 / /tmp/sluice-bench-451-ab/two\040words rw,relatime - tmpfs tmpfs rw`,
    "92 90 0:50 / /tmp/sluice-bench-451-ab/room ro,relatime - tmpfs tmpfs rw",
    "93 22 0:52 / /tmp/sluice-bench-451-abc/room rw,relatime - tmpfs tmpfs rw",
    "",
  ].join("\n");
  expect(mountsIn(mountinfo, "/tmp/sluice-bench-451-ab")).toEqual([
    "/tmp/sluice-bench-451-ab/room",
    "/tmp/sluice-bench-451-ab/two words",
    "/tmp/sluice-bench-451-ab/room",
  ]);
});

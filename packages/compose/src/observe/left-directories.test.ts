import { expect, it } from "vitest";
import { changedDirectories, contentOf, isLeft, leftFinding } from "./left-directories.ts";

const model = (source: string) => ({
  name: "shop",
  services: { db: { volumes: [{ type: "bind" as const, source, target: "/data" }] } },
});
const db = (Source: string, more: object = {}) => ({
  service: "db",
  mounts: [{ Type: "bind", RW: true, Source, Destination: "/data", ...more }],
});
const changed = (source: string, ...containers: readonly ReturnType<typeof db>[]) =>
  changedDirectories({ model: model(source), services: [{ name: "db" }] }, containers);

it("a directory that is another one from this checkout is looked at, once for all that write to it", () => {
  expect(changed("/work/shop/data", db("/srv/shop/data"), db("/srv/shop/data"))).toEqual([
    { service: "db", target: "/data", runs: "/srv/shop/data", wanted: "/work/shop/data" },
  ]);
  expect(changed("/srv/sh$$op/data", db("/srv/sh$op/data"))).toEqual([]);
});

it("what is read only, and what other services have, is nobody's data", () => {
  expect(changed("/work/shop/data", db("/srv/shop/data", { RW: false }))).toEqual([]);
  expect(changed("/work/shop/data", db("/srv/shop/data", { Type: "volume" }))).toEqual([]);
  expect(changed("/work/shop/data", { ...db("/srv/shop/data"), service: "web" })).toEqual([]);
});

it("where a container of the service has that directory already, a slot of before is no reason to ask again", () => {
  expect(changed("/work/shop/data", db("/srv/shop/data"), db("/work/shop/data"))).toEqual([]);
});

it.each([
  ["something", "absent", true],
  ["something", "empty", true],
  ["something", "unknown", true],
  ["unknown", "absent", true],
  // It was moved there, or is the same by another name.
  ["something", "something", false],
  ["unknown", "something", false],
  ["empty", "absent", false],
  ["absent", "unknown", false],
] as const)("where %s is left and %s takes its place, data is left: %s", (left, taken, expected) => {
  expect(isLeft({ left, taken })).toBe(expected);
});

it.each([
  ["", "empty"],
  // A checkout has it only because of these.
  [".gitkeep\n", "empty"],
  [".gitkeep\n1.png\n", "something"],
])("a directory with %j is %s", (names, expected) => {
  expect(contentOf(names)).toBe(expected);
});

it("says what would be left, and the ways on", () => {
  const paths = { service: "db", target: "/data", runs: "/srv/shop/data", wanted: "/work/shop/data" };
  expect(leftFinding({ ...paths, left: "something", taken: "absent" })).toEqual({
    severity: "error",
    code: "data-left",
    service: "db",
    message: "db would leave what is in /srv/shop/data: its /data is to be /work/shop/data, which is not there",
    hint: "write /srv/shop/data:/data in the compose file, a path that is the same from every checkout; or stop db and move what is in /srv/shop/data to /work/shop/data, if no workflow cleans that checkout, or away, to begin with nothing",
  });
});

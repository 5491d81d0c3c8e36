import { expect, it } from "vitest";
import { fileMount } from "./file-mount.ts";

const volumes = [
  { type: "volume", source: "all", target: "/data/" },
  { type: "bind", source: "/srv/db", target: "/data/db" },
  { type: "tmpfs", target: "/data/db/fast" },
  { type: "bind", source: "/srv/one.db", target: "/one.db" },
];

it.each([
  ["/data/app.db", { source: "all", target: "/data" }],
  ["/data/db/app.db", { source: "/srv/db", target: "/data/db" }],
  ["/data/dbs/app.db", { source: "all", target: "/data" }],
  ["/one.db", null],
  ["/elsewhere/app.db", null],
])("%s is on the innermost volume around it", (file, expected) => {
  expect(fileMount({ volumes }, file)).toEqual(expected);
});

it("is on none where the service has none", () => {
  expect(fileMount({}, "/data/app.db")).toBeNull();
});

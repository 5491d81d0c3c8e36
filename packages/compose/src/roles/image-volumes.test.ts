import type { ComposeService } from "@sluice/core";
import { aService } from "@sluice/core/testing";
import { expect, test } from "vitest";
import { assertNothingLeftBehind, volumesLeftBehind } from "./image-volumes.ts";

const at = (target: string, type = "volume"): ComposeService => ({ volumes: [{ type, source: "data", target }] });

test.each<[string, ComposeService, readonly string[], readonly string[]]>([
  ["nothing is mounted there", {}, ["/data"], ["/data"]],
  ["a volume is mounted there", at("/data"), ["/data/"], []],
  ["a directory of the host is mounted there", at("/data/", "bind"), ["/data"], []],
  ["it is in memory", { tmpfs: ["/data:size=1m"] } as ComposeService, ["/data"], []],
  [
    "what is above it is mounted: the engine makes a volume all the same",
    at("/var"),
    ["/var/lib/app"],
    ["/var/lib/app"],
  ],
  ["it is a cache, or a log", {}, ["/tmp", "/var/cache/nginx", "/app/node_modules", "/app/logs/"], []],
  ["it is within one", {}, ["/run/php/sockets", "/app/node_modules/.vite/deps", "/root/.cache/pip"], []],
  [
    "a directory above has the name of one",
    {},
    ["/srv/build/uploads", "/app/dist/files", "/logs/archive"],
    ["/srv/build/uploads", "/app/dist/files", "/logs/archive"],
  ],
  ["the image declares none", {}, [], []],
])("volumes of an image that a new slot would not have: %s", (_case, service, declared, expected) => {
  expect(volumesLeftBehind(service, declared)).toEqual(expected);
});

test("a service in slots whose image keeps data is refused, with what mends it", () => {
  const web = aService("web");
  expect(() => assertNothingLeftBehind(web, {}, ["/data"])).toThrow(
    expect.objectContaining({
      code: "RELEASE_REFUSED",
      message: "the image of web keeps /data in a volume, and no volume is mounted there",
      hint: expect.stringContaining("services.web.sharedVolumes: true"),
    }),
  );
});

test.each([
  ["jobs keep nothing", aService("migrate", { role: "job" })],
  ["what is in base is handed its volumes by Compose", aService("db", { role: "data" })],
  ["slots were configured", aService("web", { sharesVolumes: true })],
  ["a database's image runs no database", aService("dumps", { role: "worker" }), { image: "acme/postgres:15" }],
])("an image that keeps data is no reason to refuse where %s", (_case, facts, service: ComposeService = {}) => {
  expect(() => assertNothingLeftBehind(facts, service, ["/data"])).not.toThrow();
});

import type { ThrowAway, ThrowAwayRequest } from "@sluice/core";
import { aService } from "@sluice/core/testing";
import { expect, it } from "vitest";
import { composeLabels } from "../engine/containers.ts";
import type { Engine } from "../engine/engine.ts";
import { withCheckout } from "../model/checkout.ts";
import { changedDirectories, contentOf, isLeft, leftDirectories, leftFinding } from "./left-directories.ts";

const model = (source: string) => ({
  name: "shop",
  services: { db: { volumes: [{ type: "bind" as const, source, target: "/data" }] } },
});
const db = (Source: string, more: object = {}) => ({
  service: "db",
  mounts: [{ Type: "bind", RW: true, Source, Destination: "/data", ...more }],
});
const changed = (source: string, ...containers: readonly ReturnType<typeof db>[]) =>
  changedDirectories({ model: model(source), services: [aService("db", { role: "data" })] }, containers);

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

it("what a slot reads of a directory that another service writes to is looked at where it is that of another checkout", () => {
  const mount = { type: "bind" as const, source: "/work/shop/media", target: "/media" };
  const services = {
    web: { volumes: [{ ...mount, read_only: true }] },
    uploads: { volumes: [mount] },
  };
  const shared = withCheckout({ name: "shop", services }, "/work/shop");
  const facts = [aService("web"), aService("uploads", { role: "support" })];
  const ofWeb = (Source: string, over = facts) => {
    const mounts = [{ Type: "bind", RW: false, Source, Destination: "/media" }];
    return changedDirectories({ model: shared, services: over }, [{ service: "web", mounts }]);
  };
  expect(ofWeb("/srv/shop/media")).toEqual([
    { service: "web", target: "/media", runs: "/srv/shop/media", wanted: "/work/shop/media" },
  ]);
  // The copy of a release of before, what is another thing altogether, and what nobody writes to.
  expect(ofWeb("/state/r1/files/0123456789ab-media")).toEqual([]);
  expect(ofWeb("/etc/letsencrypt")).toEqual([]);
  expect(ofWeb("/srv/shop/media", [aService("web"), aService("uploads", { role: "tool" })])).toEqual([]);
  expect(ofWeb("/srv/shop/media", [aService("web", { strategy: "recreate" }), ...facts.slice(1)])).toEqual([]);
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

it("looks once at each directory, however many services have it, and by root", async () => {
  const names = ["web", "worker", "beat"];
  const volumes = [{ type: "bind" as const, source: "/work/shop/media", target: "/media" }];
  const Mounts = [{ Type: "bind", RW: true, Source: "/srv/shop/media", Destination: "/media" }];
  const containers = names.map((name) => ({ Labels: { [composeLabels.service]: name }, Mounts }));
  const docker = {
    listContainers: async ({ filters }: { filters: { label: readonly string[] } }) =>
      filters.label.includes(`${composeLabels.project}=shop`) ? containers : [],
  };
  const engine = { call: (_what: string, call: (one: unknown) => unknown) => call(docker) } as unknown as Engine;
  const looks: unknown[] = [];
  const throwAway = {
    start: async ({ reads }: ThrowAwayRequest): Promise<ThrowAway> => ({
      id: reads?.source ?? "",
      inspect: async () => null,
      logTail: async () => "",
      [Symbol.asyncDispose]: async () => {},
    }),
  };
  const exec = {
    exec: async (id: string, command: readonly string[], options: { readonly user?: string } = {}) => {
      looks.push([id, options.user, ...command]);
      const stdout = new TextEncoder().encode(id.startsWith("/srv/") ? "1.png\n" : "");
      return { exitCode: 0, stdout, stderr: "" };
    },
  };

  const found = await leftDirectories(
    engine,
    { exec, throwAway },
    {
      stack: "shop",
      model: { name: "shop", services: Object.fromEntries(names.map((name) => [name, { volumes }])) },
      services: names.map((name) => aService(name, { role: "worker" })),
      publishing: [],
      staying: [],
      image: "door",
    },
  );

  expect(found.map(({ code, service }) => [code, service])).toEqual(names.map((name) => ["data-left", name]));
  expect(looks).toEqual([
    ["/srv/shop/media", "0", "ls", "-A", "/look"],
    ["/work/shop/media", "0", "ls", "-A", "/look"],
  ]);
});

import type { ComposeModel, ComposeService } from "@sluice/core";
import { describe, expect, it } from "vitest";
import { factsOf, slotRequestOf } from "../../test/support/slot-request.ts";
import type { PlaceRequest } from "../model/slot-model.ts";
import { companionsOf, leftOut, rehearsalModel, rehearsalNetworks, withCommand } from "./rehearsal-model.ts";

const shop: ComposeModel = {
  name: "shop",
  services: {
    db: { image: "postgres:17", networks: { back: null } },
    cache: { image: "redis:7", networks: { back: null } },
    migrate: {
      image: "shop:dev",
      command: ["migrate"],
      depends_on: { db: {}, cache: {} },
      networks: { back: null, public: null },
      volumes: [
        { type: "volume", source: "uploads", target: "/uploads" },
        { type: "bind", source: "/srv/conf", target: "/conf" },
        { type: "bind", source: "/var/run/docker.sock", target: "/var/run/docker.sock" },
        { type: "tmpfs", target: "/tmp" },
      ],
      restart: "on-failure",
      scale: 2,
    },
    web: { image: "shop:dev", depends_on: { migrate: {} }, networks: { public: null }, ports: [{ target: 80 }] },
  },
  networks: { back: {}, public: { name: "edge", external: true } },
  volumes: { uploads: { name: "shop_uploads" } },
};
const facts = factsOf(shop, { migrate: { role: "job" }, cache: { role: "data" }, db: { role: "data" } });
const subnets = { back: "10.213.0.0/28", public: "10.213.0.16/28" };

function modelOf(services: readonly string[], changed: Partial<ComposeService> = {}): ComposeModel {
  const model = { ...shop, services: { ...shop.services, migrate: { ...shop.services["migrate"], ...changed } } };
  const request: PlaceRequest = { ...slotRequestOf(model, facts), slot: "rehearsal" };
  return rehearsalModel(request, services, { subnets });
}

describe("a service in a rehearsal", () => {
  it("may run another command, and is the same in all else", () => {
    const request: PlaceRequest = { ...slotRequestOf(shop, facts), slot: "rehearsal" };
    const release = withCommand(request.release, "migrate", ["migrate", "down", "$1"]);
    const model = rehearsalModel({ ...request, release }, ["migrate"], { subnets });
    expect(model.services["migrate"]?.command).toEqual(["migrate", "down", "$$1"]);
    const own = modelOf(["migrate"]).services["migrate"];
    expect(own?.command).toEqual(["migrate"]);
    expect({ ...model.services["migrate"], command: own?.command }).toEqual(own);
  });

  it("cannot reach what production stores: volumes are empty ones, what the host shares is only read", () => {
    expect(modelOf(["migrate"]).services["migrate"]?.volumes).toEqual([
      { type: "volume", target: "/uploads" },
      { type: "bind", source: "/srv/conf", target: "/conf", read_only: true },
      { type: "tmpfs", target: "/tmp" },
    ]);
    expect(modelOf(["migrate"]).volumes).toEqual({});
  });

  it.each([
    "/run",
    "/var/run/postgresql",
    "/run/mysqld/",
    "/var",
    "/",
    "/srv/app.sock",
    "/var/lib/docker/volumes/db/_data",
  ])("reaches no socket of the host through %s", (source) => {
    const volumes = [{ type: "bind", source, target: "/there" }];
    expect(modelOf(["migrate"], { volumes }).services["migrate"]?.volumes).toEqual([]);
  });

  it("sees nothing of what is closed to it of the host, and it is told what that is", () => {
    const volumes = [
      { type: "bind", source: "/srv/pgsock", target: "/var/run/postgresql" },
      { type: "bind", source: "/srv/app", target: "/app" },
      { type: "bind", source: "/srv/dev", target: "/app/tmp" },
    ];
    const closed = new Map([
      ["/srv/pgsock", [""]],
      ["/srv/app", ["tmp", "data/$1"]],
    ]);
    const model = { ...shop, services: { ...shop.services, migrate: { ...shop.services["migrate"], volumes } } };
    const request: PlaceRequest = { ...slotRequestOf(model, facts), slot: "rehearsal" };
    const rehearsed = rehearsalModel(request, ["migrate"], { subnets, closed });
    expect(rehearsed.services["migrate"]?.volumes).toEqual([
      { type: "bind", source: "/srv/app", target: "/app", read_only: true },
      { type: "bind", source: "/srv/dev", target: "/app/tmp", read_only: true },
      { type: "volume", target: "/app/data/$$1" },
    ]);
    const why = "it is left out, as a server of production may be reached there";
    expect(leftOut(request, "migrate", { closed })).toEqual([
      `what migrate does with /srv/pgsock: ${why}`,
      `what migrate does with /srv/app/tmp: ${why}`,
      `what migrate does with /srv/app/data/$1: ${why}`,
    ]);
    expect(leftOut(request, "migrate", { closed, copied: { source: "/srv/pgsock", volume: "v" } })).toHaveLength(2);
  });

  it("has the copy of a database wherever it had the volume or the directory that the database is on", () => {
    const of = (source: string) => {
      const request: PlaceRequest = { ...slotRequestOf(shop, facts), slot: "rehearsal" };
      return rehearsalModel(request, ["migrate"], { subnets, copied: { source, volume: "0f3a" } });
    };
    expect(of("uploads").services["migrate"]?.volumes?.[0]).toEqual({
      type: "volume",
      source: "sluice-copy",
      target: "/uploads",
    });
    expect(of("uploads").volumes).toEqual({ "sluice-copy": { name: "0f3a", external: true } });
    expect(of("/srv/conf").services["migrate"]?.volumes?.[1]).toMatchObject({ source: "sluice-copy", target: "/conf" });
    expect(of("elsewhere")).toEqual(modelOf(["migrate"]));
  });

  it("is on networks of its own that lead nowhere, also for those of somebody else", () => {
    const { name, networks } = modelOf(["migrate"]);
    expect(name).toBe("shop-rehearsal");
    expect(networks).toMatchObject({
      back: { name: "shop-rehearsal_back", internal: true, ipam: { config: [{ subnet: "10.213.0.0/28" }] } },
      public: { name: "shop-rehearsal_public", internal: true },
    });
    expect(networks?.["public"]).not.toHaveProperty("external");
  });

  it("runs once, of the release's image, and publishes nothing", () => {
    const { migrate, web } = modelOf(["migrate", "web"]).services;
    expect(migrate).toMatchObject({ image: "sha256:migrate", command: ["migrate"], restart: "no" });
    expect(migrate).not.toHaveProperty("scale");
    const resources = { limits: { memory: "268435456" } };
    const limited = modelOf(["migrate"], { deploy: { replicas: 2, resources } }).services["migrate"];
    expect(limited?.deploy).toEqual({ resources });
    expect(web).not.toHaveProperty("ports");
    expect(web?.labels).toMatchObject({ "dev.sluice.kind": "rehearsal", "dev.sluice.slot": "rehearsal" });
  });

  it.each([
    { network_mode: "host" },
    { privileged: true },
    { devices: ["/dev/sda"] },
    { pid: "host" },
    { use_api_socket: true },
  ])("is refused with %j: it could not be kept away from production", (changed) => {
    expect(() => modelOf(["migrate"], changed)).toThrow(expect.objectContaining({ code: "SERVICE_REFUSED" }));
  });
});

it("what a service needs beside the database is found through what it depends on", () => {
  expect(companionsOf(facts, ["migrate"], "db")).toEqual(["cache"]);
  expect(companionsOf(facts, ["web"], "db")).toEqual(["cache"]);
  expect(companionsOf(facts, ["cache"], "db")).toEqual([]);
});

it("the networks are those that the services are on", () => {
  expect(rehearsalNetworks(shop, ["web"])).toEqual(["public"]);
  expect(rehearsalNetworks(shop, ["web", "db"])).toEqual(["back", "public"]);
});

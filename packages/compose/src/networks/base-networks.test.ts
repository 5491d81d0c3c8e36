import type { ComposeModel } from "@sluice/core";
import { expect, it } from "vitest";
import { resourcesOf } from "./base-networks.ts";

it("networks and volumes are those of the services that are started, and of no profile that is not active", () => {
  const model: ComposeModel = {
    name: "shop",
    services: {
      web: { volumes: [{ type: "volume", source: "uploads", target: "/up" }] },
      db: { networks: { back: null }, volumes: [{ type: "bind", source: "/srv/nfs", target: "/nfs" }] },
      lan: { networks: { mv: null }, volumes: [{ type: "volume", source: "nfs", target: "/x" }] },
      host: { network_mode: "host", volumes: [{ type: "volume", target: "/anonymous" }] },
    },
    networks: { default: {}, back: { internal: true }, mv: { driver: "macvlan" } },
    volumes: { uploads: null, nfs: { driver: "rexray" } },
  };
  expect(resourcesOf(model, ["web", "db", "host", "gone"])).toEqual({
    networks: { default: {}, back: { internal: true } },
    volumes: { uploads: null },
  });
});

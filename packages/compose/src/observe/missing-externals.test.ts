import { aService } from "@sluice/testing";
import { expect, it } from "vitest";
import { externalsOf } from "./missing-externals.ts";

it("external networks and volumes are those that an active service uses, under their own names", () => {
  const model = {
    name: "shop",
    services: {
      web: { networks: { edge: null, default: null } },
      db: { networks: { edge: null }, volumes: [{ type: "volume", source: "data", target: "/data" }] },
      shell: { networks: { other: null } },
    },
    networks: { edge: { name: "proxy", external: true }, other: { name: "other", external: true }, default: {} },
    volumes: { data: { name: "shop-data", external: true } },
  };
  const services = [
    aService("web", { role: "web" }),
    aService("db", { role: "data" }),
    aService("shell", { role: "tool" }),
  ];
  expect(externalsOf({ model, services })).toEqual([
    { kind: "network", service: "web", name: "proxy" },
    { kind: "volume", service: "db", name: "shop-data" },
  ]);
});

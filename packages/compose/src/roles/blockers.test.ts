import type { ComposeNetwork, ComposeService, Role } from "@sluice/core";
import { expect, it } from "vitest";
import { classifyServices } from "./classify-services.ts";
import { serviceFindings } from "./service-findings.ts";

/** A service on one network, as it is written there. */
function on(network: ComposeNetwork, role?: Role) {
  const app: ComposeService = {
    image: "shop",
    ports: [{ target: 80, published: "80", protocol: "tcp" }],
    healthcheck: { test: ["CMD", "true"] },
    networks: { lan: null },
  };
  const model = { name: "shop", services: { app }, networks: { lan: network } };
  const overrides = role === undefined ? {} : { app: { role } };
  const decisions = classifyServices(model, overrides);
  const findings = serviceFindings(model, decisions, overrides);
  return { strategy: decisions[0]?.strategy, findings };
}

it.each(["host", "none", "bridge"])("what is on the engine's own network %s is not made two", (name) => {
  expect(on({ external: true, name })).toEqual({
    strategy: "recreate",
    findings: [
      {
        severity: "error",
        code: "cannot-be-two",
        service: "app",
        message: `app cannot run twice side by side: network lan is ${name} of the engine itself`,
        hint: "set services.app.strategy: recreate in sluice.yaml to have it replaced stop-first (a gap at each deployment), or remove it",
        path: ["services", "app", "networks", "lan"],
      },
    ],
  });
  expect(on({ external: true, name: `${name}s` }).findings).toEqual([]);
  expect(on({ name }).findings).toEqual([]);
});

it("a job cannot be connected to one of them, and has it in another way", () => {
  expect(on({ external: true, name: "host" }, "job").findings).toMatchObject([
    {
      code: "job-shares",
      message: "job app cannot be connected: network lan is host of the engine itself",
      hint: "write network_mode: host in the place of its networks",
    },
  ]);
});

it.each(["macvlan", "ipvlan", "overlay"])("what is on a network of driver %s is not made two on bridges", (driver) => {
  const { strategy, findings } = on({ driver });
  expect(strategy).toBe("recreate");
  expect(findings).toMatchObject([
    {
      code: "cannot-be-two",
      message: `app cannot run twice side by side: network lan has driver ${driver}: a slot has bridges of its own, and is not reached from there`,
      hint: expect.stringMatching(/or make that network with `docker network create` and say external: true of it/),
    },
  ]);
  // Slots join the network itself.
  expect(on({ driver, external: true }).findings).toEqual([]);
  expect(on({ driver: "bridge" }).findings).toEqual([]);
  expect(on({ driver }, "job").findings).toEqual([]);
});

import type { ComposeModel } from "@sluice/core";
import { expect, test } from "vitest";
import { factsOf } from "../../test/support/slot-request.ts";
import { slotLinks } from "./slot-links.ts";

const model: ComposeModel = {
  name: "shop",
  services: {
    api: {
      image: "a",
      ports: [{ target: 80, published: "80", protocol: "tcp" }],
      networks: { back: null, shared: { aliases: ["api.shop"] } },
      container_name: "shop-api",
    },
    worker: { image: "b", command: ["worker"], networks: { back: null, shared: null } },
    mailer: { image: "b", command: ["mailer"], networks: { back: null } },
    db: { image: "postgres", networks: { back: null, shared: null } },
  },
  networks: { back: { name: "shop_back" }, shared: { name: "a-shared", external: true } },
};
const caller = { stack: "shop", slot: "green", services: factsOf(model), model, name: "worker" } as const;

test("who is on an external network calls its own slot by every name that a door has there, and nothing else otherwise than before", () => {
  const joining = { ...caller, joined: ["shared"] };
  const names = ["api", "shop-api", "api.shop"].map((name) => `api.green.shop:${name}`);
  expect(slotLinks(joining, "back")).toEqual([...names, "worker:worker"]);
  expect(slotLinks(joining, "other")).toEqual([]);
  expect(slotLinks({ ...caller, joined: [] }, "back")).toEqual([]);
});

test("a name that several of a slot have leads to all of them, as before", () => {
  const second = { image: "a", command: ["worker"], networks: { shared: { aliases: ["api.shop"] } } };
  const both = { ...model, services: { ...model.services, second } };
  const joining = { ...caller, model: both, services: factsOf(both), joined: ["shared"] };
  expect(slotLinks(joining, "back")).not.toContain("api.green.shop:api.shop");
  expect(slotLinks(joining, "shared").join()).toBe("api.green.shop:api,api.green.shop:shop-api,worker:worker");
});

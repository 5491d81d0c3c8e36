import type { ComposeModel, ServiceFacts, SlotRequest } from "@sluice/core";
import { defaultConfig } from "@sluice/core";
import { classifyServices, type RoleOverrides } from "../../src/roles/classify-services.ts";
import { serviceFacts } from "../../src/roles/service-facts.ts";

/** Facts as the resolver makes them, with roles and strategies as given. */
export function factsOf(model: ComposeModel, overrides: RoleOverrides = {}): readonly ServiceFacts[] {
  return serviceFacts(model, classifyServices(model, overrides), defaultConfig());
}

/** A request for a slot of a release with this model; image ids are `sha256:` and the service's name. */
export function slotRequestOf(model: ComposeModel, services: readonly ServiceFacts[]): SlotRequest {
  const images = Object.fromEntries(Object.keys(model.services).map((name) => [name, `sha256:${name}`]));
  return {
    stack: "shop",
    slot: "green",
    deployment: "d7",
    services,
    addresses: {},
    release: {
      model,
      filesDir: "/state/r1/files",
      bundle: {
        version: 1,
        id: "r1",
        tag: "v1",
        tags: ["v1"],
        commit: null,
        createdAt: "2026-01-01T00:00:00.000Z",
        key: "k",
        services,
        images,
        imageTags: {},
        environment: {},
      },
    },
  };
}

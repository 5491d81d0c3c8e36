import type { ComposeService, RoleDecision } from "@sluice/core";
import { expect, it } from "vitest";
import { manyPorts } from "./many-ports.ts";

function told(web: ComposeService, parts: Partial<RoleDecision> = {}) {
  const decision = {
    service: "web",
    role: "web",
    strategy: "slots",
    confidence: "sure",
    reason: "",
    ...parts,
  } as const;
  return manyPorts({ name: "shop", services: { web } }, decision, {}, [decision]);
}

it("a door that would listen at very many ports is told of", () => {
  expect(told({ expose: ["3000-3100"] })).toMatchObject({
    severity: "warn",
    code: "ports-many",
    message: expect.stringMatching(/^web has 100 ports beside the first one: its door listens at each of them/),
    path: ["expose"],
  });
  const ports = Array.from({ length: 60 }, (_, index) => ({
    target: 3000 + index,
    published: String(3000 + index),
    protocol: "tcp",
  }));
  expect(told({ ports })).toMatchObject({ path: ["ports"] });
});

it("some ports are none, nor is what has no door", () => {
  expect(told({ expose: ["3000-3050"] })).toBe(false);
  expect(told({ expose: ["3000-3100"] }, { strategy: "recreate" })).toBeUndefined();
});

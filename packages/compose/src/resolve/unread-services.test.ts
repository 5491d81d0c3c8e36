import { parseConfig } from "@sluice/core";
import { expect, it } from "vitest";
import { parseSource } from "./source-files.ts";
import { unreadServices } from "./unread-services.ts";

const sources = [
  parseSource(
    "compose.yaml",
    `
services:
  web: { image: shop }
  metrics: { image: exporter, profiles: [ops], env_file: ops.env }
  console: { image: shop, profiles: [ops], extends: { file: common.yaml, service: base } }
`,
  ),
  parseSource("compose.override.yaml", "services: { metrics: { profiles: [debug] }, console: { restart: always } }"),
  parseSource("common.yaml", "services: { base: { image: shop } }"),
];
const model = { name: "shop", services: { web: { image: "shop" } } };

it("what Compose does not accept of inactive profiles is known by name, and runs nowhere", () => {
  const config = parseConfig("services: { console: { role: tool } }", "sluice.yaml");
  const unread = { active: false, isUnread: true, builds: false, dependsOn: [] };
  expect(unreadServices(sources, model, config)).toMatchObject([
    { ...unread, name: "metrics", role: "support", inactiveProfiles: ["ops", "debug"] },
    { ...unread, name: "console", role: "tool", inactiveProfiles: ["ops"] },
  ]);
});

it("what only lends itself to others, and what is read, is none", () => {
  const read = { name: "shop", services: { ...model.services, metrics: {}, console: {} } };
  expect(unreadServices(sources, read, parseConfig("", "sluice.yaml"))).toEqual([]);
});

import { aService } from "@sluice/core/testing";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { configText } from "./config-text.ts";

it("a project without services gets a file that can be read, and that takes services later", () => {
  const first = configText(null, []);
  expect(parse(first)).toEqual({ services: {} });
  const later = configText(first, [aService("web", { port: 8080 })]);
  expect(parse(later)).toEqual({ services: { web: { role: "web", port: 8080 } } });
});

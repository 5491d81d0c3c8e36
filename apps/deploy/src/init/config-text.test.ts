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

const db = aService("db", { role: "data" });

it.each([
  ["{ services: { db: { role: data } } }\n", [db], { services: { db: { role: "data" } }, database: {} }],
  ['# ours\r\n{\r\n  "stack": "shop"\r\n}\r\n', [], { stack: "shop", database: {} }],
  [
    "{ services: { db: { role: data } } }\n",
    [db, aService("web", { port: 8080 })],
    { services: { db: { role: "data" }, web: { role: "web", port: 8080 } }, database: {} },
  ],
  ["{}\n", [db], { services: { db: { role: "data" } }, database: {} }],
])(
  "a file that is one map in braces, as JSON is, can be read after a section is added: %j",
  (text, services, config) => {
    const later = configText(text, services, { database: "db" });
    expect(parse(later)).toEqual(config);
    expect(later).toMatch(/^# db is backed up before each new release.*\r?\ndatabase: \{\}\r?\n$/m);
    expect(later.startsWith("# ours")).toBe(text.startsWith("# ours"));
  },
);

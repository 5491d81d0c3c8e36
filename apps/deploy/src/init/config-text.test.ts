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

it.each([
  ["no file", null],
  ["one without services", "rollout: {}\n"],
  ["one with others", "services:\n  db:\n    role: data\nrollout: {}\n"],
  ["one with others in braces", "services: { db: { role: data } }\nrollout: {}\n"],
  ["one in braces", '{ "rollout": {} }\n'],
  ["one in braces, with others", '{ "services": { "db": { "role": "data" } } }\n'],
  ["one that is empty", "{}\n"],
])("what only holds until a person says something is written as comments: %s", (_name, text) => {
  const guessed = aService("mail", { role: "worker", strategy: "recreate", confidence: "ask", reason: "a guess" });
  const files = aService("files", { port: 80, strategy: "recreate", reason: "it has a volume" });
  const later = configText(text, [guessed, files, aService("web", { port: 8080 })]);
  expect(parse(later)).toMatchObject({
    services: { mail: null, files: { role: "web", port: 80 }, web: { role: "web", port: 8080 } },
  });
  expect(later).toContain(`
  # PLEASE CHECK: a guess
  mail:
    # role: worker
    # strategy: recreate # for now: with a gap at each deployment
  # it has a volume
  files:
    role: web
    port: 80
    # strategy: recreate # for now: with a gap at each deployment
`);
  // Taken away, the # leaves a setting.
  expect(parse(later.replaceAll("    # ", "    "))).toMatchObject({
    services: { mail: { role: "worker", strategy: "recreate" }, files: { strategy: "recreate" } },
  });
});

it("that nothing but a gap is possible is written as it is", () => {
  const host = aService("host", { role: "worker", strategy: "recreate", reason: "network_mode host" });
  const finding = { severity: "error", code: "cannot-be-two", service: "host", message: "" } as const;
  const text = configText(null, [host], { findings: [finding] });
  expect(parse(text)).toEqual({ services: { host: { role: "worker", strategy: "recreate" } } });
});

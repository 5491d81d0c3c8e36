import { expect, it } from "vitest";
import { configPosition, parseConfig } from "./parse-config.ts";

const parse = (text: string) => parseConfig(text, "sluice.yaml").database;

it("is absent where nobody wrote it, and has its defaults where somebody did", () => {
  expect(parse("")).toBeUndefined();
  expect(parse("database: {}")).toEqual({
    beforeDeploy: "proven",
    rehearsal: "off",
    squawk: "note",
    timeout: 3_600_000,
    keep: 7,
    migrate: {
      enabled: true,
      lockTimeout: 3_000,
      queueTimeout: 3_000,
      statementTimeout: 900_000,
      profile: "ordinary",
      longTransaction: 10_000,
      onLongTransaction: "warn",
      wait: 30_000,
      inject: true,
    },
    store: {},
    verify: { rows: "sampled", memory: 1_073_741_824, timeout: 3_600_000 },
  });
});

it.each([
  ["database: { keeep: 3 }", "database.keeep: unknown key"],
  ["database: { keep: 0 }", "database.keep"],
  ["database: { kind: oracle }", "database.kind"],
  ["database: { kind: sqlite, file: app.db }", "expected an absolute path"],
  ["database: { kind: command, command: { dump: [] } }", "database.command.dump"],
  ["database: { kind: command, command: { restore: [cat] } }", "database.command.dump"],
  ["database: { encryption: { recipient: ssh-ed25519 } }", "expected an age recipient that begins with age1"],
  ["database: { migrate: { attempts: 0 } }", "database.migrate.attempts"],
  ["database: { migrate: { down: { job: migrate } } }", "database.migrate.down.command"],
  ["database: { migrate: { service: web } }", "database.migrate.service: expected beside it what migrates"],
  ["database: { migrate: { command: [x] } }", "database.migrate.command: expected beside it the service"],
  ["database: { migrate: { service: web, command: [] } }", "database.migrate.command"],
  ["database: { migrate: { sql: { directory: db } } }", "database.migrate.sql: expected beside it the service"],
  ["database: { migrate: { service: web, sql: {} } }", "database.migrate.sql.directory"],
  [
    "database: { migrate: { service: web, command: [x], sql: { directory: db } } }",
    "database.migrate.sql: expected no command beside it",
  ],
  [
    "database: { migrate: { service: web, command: [x], jobs: [seed] } }",
    "database.migrate.jobs: expected web-migrate among them",
  ],
  ["database: { encryption: {} }", "database.encryption.recipient"],
  ["database: { store: { restic: { name: 'a,b' } } }", "database.store.restic.name"],
  ["database: { store: { restic: { password: x } } }", "database.store.restic.password: unknown key"],
  ["database: { verify: { memory: 1 } }", "database.verify.memory"],
  ["environments: { production: { database: { keep: none } } }", "database.keep"],
])("a mistake is named: %s", (text, message) => {
  expect(() => parse(text)).toThrow(
    expect.objectContaining({ code: "CONFIG_INVALID", message: expect.stringContaining(message) }),
  );
});

it.each([
  [
    "commands, which belong together, are all its own",
    "kind: command, command: { dump: [mongodump], restore: [mongorestore], ready: [mongosh] }",
    "command: { dump: [tar], restore: [untar] }",
    { command: { dump: ["tar"], restore: ["untar"] } },
  ],
  [
    "another place for backups is none of those before",
    "store: { s3: { bucket: backups } }",
    "store: { directory: /srv }",
    { store: { directory: "/srv" } },
  ],
  [
    "the same kind of place is changed key by key",
    "store: { s3: { bucket: backups, region: eu } }",
    "store: { s3: { prefix: staging/ } }",
    { store: { s3: { bucket: "backups", region: "eu", prefix: "staging/", pathStyle: false } } },
  ],
])("of an environment: %s", (_title, common, staging, expected) => {
  const text = `database: { ${common} }\nenvironments: { staging: { database: { ${staging} } } }\n`;
  const { command, store } = parseConfig(text, "sluice.yaml", "staging").database ?? {};
  expect({ store: {}, ...(command ? { command } : {}), ...(store ? { store } : {}) }).toEqual({
    store: {},
    ...expected,
  });
});

it("a setting has a place in the file: in the environment that says it, or above", () => {
  const text =
    "database:\n  migrate:\n    service: web\nenvironments:\n  staging:\n    database: { migrate: { service: api } }\n  other: {}\n";
  const at = (environment?: string) =>
    configPosition(text, "sluice.yaml", ["database", "migrate", "service"], environment);
  expect(at()).toEqual({ file: "sluice.yaml", line: 3, column: 14 });
  expect(at("staging")).toEqual({ file: "sluice.yaml", line: 6, column: 37 });
  expect(at("other")).toEqual({ file: "sluice.yaml", line: 3, column: 14 });
  expect(configPosition(text, "sluice.yaml", ["database", "service"])).toEqual({
    file: "sluice.yaml",
    line: 2,
    column: 3,
  });
});

it.each([
  ["SQL files take the place of a command", "command: [npm, run, migrate]", "sql: { directory: db }"],
  ["what is else said of SQL files stays", "sql: { directory: other, urlVariable: DB }", "sql: { directory: db }"],
])("in an environment %s, and the rest of it stays", (_title, common, staging) => {
  const migrate = `migrate: { service: web, attempts: 2, ${common} }`;
  const text = `database: { ${migrate} }\nenvironments: { staging: { database: { migrate: { ${staging} } } } }\n`;
  const found = parseConfig(text, "sluice.yaml", "staging").database?.migrate;
  expect(found).toMatchObject({ service: "web", attempts: 2, sql: { directory: "db" } });
  expect(found?.command).toBeUndefined();
  expect(found?.sql?.urlVariable).toBe(common.includes("DB") ? "DB" : "DATABASE_URL");
});

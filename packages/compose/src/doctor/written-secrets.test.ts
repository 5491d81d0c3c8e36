import { describe, expect, it } from "vitest";
import { hasSecretValue, secretsInCompose } from "./written-secrets.ts";

describe("secrets in plain text", () => {
  it.each([
    ["POSTGRES_PASSWORD: hunter2", ["POSTGRES_PASSWORD"]],
    ["- API_TOKEN=abc", ["API_TOKEN"]],
    ['  SECRET_KEY: "abc def"', ["SECRET_KEY"]],
    ["  url: pg://u:${DB_PASSWORD:-hunter2}@db", ["DB_PASSWORD"]],
    ["POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:?}", []],
    ["- POSTGRES_PASSWORD=${POSTGRES_PASSWORD}", []],
    ["- POSTGRES_PASSWORD", []],
    ["POSTGRES_PASSWORD_FILE: /run/secrets/db", []],
    ["ACCESS_TOKEN_EXPIRE_MINUTES: 30", []],
    ["# DB_PASSWORD: hunter2", []],
    ["SMTP_PASSWORD: ${SMTP_PASSWORD:-}", []],
    ["DB_PASSWORD: ''", []],
    ["secrets: [db_password]", []],
    ["SMTP_PASS: hunter2", ["SMTP_PASS"]],
    ["- SENTRY_DSN=https://abc@sentry.example/1", ["SENTRY_DSN"]],
    ["SMTP_AUTH: plain", []],
    ["REQUEST_AUTH: ${REQUEST_AUTH:-true}", []],
    ["OAUTH_TOKEN_URL: https://login.example/token", []],
  ])("of %j are %j", (line, names) => {
    expect(secretsInCompose("c.yml", `services:\n${line}\n`).map(({ name }) => name)).toEqual(names);
  });

  it.each([
    ["${DB_PASSWORD:-hunter2}", { DB_PASSWORD: "k9x" }, [{ file: "c.yml", name: "DB_PASSWORD", isDefault: true }]],
    ["${DB_PASSWORD:-none}", { DB_PASSWORD: "k9x" }, []],
    ["${DB_PASSWORD:-change-me}", { DB_PASSWORD: "k9x" }, []],
    ["${DB_PASSWORD:-none}", {}, [{ file: "c.yml", name: "DB_PASSWORD" }]],
    ["${DB_PASSWORD:-hunter2}", { DB_PASSWORD: "" }, [{ file: "c.yml", name: "DB_PASSWORD" }]],
    ["${DB_PASSWORD:-hunter2}", { DB_PASSWORD: "hunter2" }, [{ file: "c.yml", name: "DB_PASSWORD" }]],
    ["hunter2", { DB_PASSWORD: "k9x" }, [{ file: "c.yml", name: "DB_PASSWORD" }]],
  ])("%j is only a default where %j is used", (value, given, written) => {
    expect(secretsInCompose("c.yml", `services:\n  DB_PASSWORD: ${value}\n`, given)).toEqual(written);
  });

  it("are looked for in env files", () => {
    expect(hasSecretValue("A=1\nexport DB_PASSWORD='x'\n")).toBe(true);
    expect(hasSecretValue("DB_PASSWORD=\nA=1\n# API_TOKEN=x\nTOKEN_EXPIRE_MINUTES=5\n")).toBe(false);
    expect(hasSecretValue("SMTP_AUTH=login\n")).toBe(false);
  });
});

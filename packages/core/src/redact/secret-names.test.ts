import { expect, it } from "vitest";
import { isManner, isSecretName, mayHoldSecret } from "./secret-names.ts";

it.each([
  "DB_PASSWORD",
  "SMTP_PASS",
  "MYSQL_PWD",
  "DB_PASSWD",
  "JWT",
  "SLACK_WEBHOOK_URL",
  "SENTRY_DSN",
  "AWS_ACCESS_KEY",
  "APP_KEY",
  "KEY",
  "SECRET_KEY_BASE",
  "database__connection__password",
])("%s is the name of a secret", (name) => expect(isSecretName(name)).toBe(true));

it.each([
  "POSTGRES_PASSWORD_FILE",
  "TOKEN_TTL",
  "TOKEN_EXPIRE_MINUTES",
  "SESSION_TOKEN_DAYS",
  "OAUTH_TOKEN_URL",
  "JWT_PUBLIC_KEY",
  "PWD",
  "OLDPWD",
  "KEYBOARD",
  "PORT",
  "BYPASS",
  "AUTH_BYPASS",
])("%s is none", (name) => expect(isSecretName(name)).toBe(false));

it("an address that is called by a secret is none, but may hold one", () => {
  expect(isSecretName("FEED_TOKEN_URL")).toBe(false);
  expect(mayHoldSecret("FEED_TOKEN_URL")).toBe(true);
  expect(mayHoldSecret("DB_PASSWORD")).toBe(true);
  expect(mayHoldSecret("POSTGRES_PASSWORD_FILE")).toBe(false);
  expect(mayHoldSecret("BASE_URL")).toBe(false);
});

it.each([
  ["login", true],
  ["OAuth2", true],
  ["", false],
  ["plain words", false],
  ["hunter2", false],
])("%j only says how: %j", (value, is) => expect(isManner(value)).toBe(is));

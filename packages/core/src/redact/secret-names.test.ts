import { expect, it } from "vitest";
import { isSecretName } from "./secret-names.ts";

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
])("%s is none", (name) => expect(isSecretName(name)).toBe(false));

import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ComposeModel } from "@sluice/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { factsOf } from "../../test/support/slot-request.ts";
import { withCheckout } from "../model/checkout.ts";
import { bundleName } from "./bundle-name.ts";
import { environmentFingerprint } from "./environment-fingerprint.ts";
import { mountedFiles } from "./mounted-files.ts";
import { secretValues, secretVariables } from "./secret-values.ts";

let checkout: string;
beforeAll(() => {
  checkout = mkdtempSync(join(tmpdir(), "bundle-$-files-"));
  for (const name of ["app.conf", "key.pem", "seed.sql", "data"])
    writeFileSync(join(checkout, name), "canary-in-a-file\n");
});
afterAll(() => rmSync(checkout, { recursive: true }));

test("a release holds what slots and jobs mount read-only from the checkout, there or not, and their secrets", () => {
  const at = (name: string) => join(checkout, name).replaceAll("$", "$$$$");
  const bind = (name: string, readOnly = true) => ({
    type: "bind",
    source: at(name),
    target: "/x",
    ...(readOnly ? { read_only: true } : {}),
  });
  const model: ComposeModel = withCheckout(
    {
      name: "shop",
      services: {
        web: {
          image: "shop",
          expose: [80],
          volumes: [bind("app.conf"), bind("absent"), { ...bind("refused"), bind: { create_host_path: false } }],
          secrets: [{ source: "key" }, { source: "gone" }],
        },
        recreated: { image: "shop", expose: [80], volumes: [bind("data", false), bind("seed.sql")] },
        migrate: { image: "shop", volumes: [bind("app.conf"), { ...bind("x"), source: "/etc/hosts" }] },
      },
      secrets: { key: { file: at("key.pem") }, unused: { file: at("data") }, gone: { file: at("gone.pem") } },
    },
    checkout,
  );
  const files = mountedFiles({ model, services: factsOf(model) });
  expect(files).toEqual([
    { source: join(checkout, "seed.sql"), name: bundleName(model, at("seed.sql")) },
    { source: join(checkout, "app.conf"), name: bundleName(model, at("app.conf")) },
    { source: null, name: bundleName(model, at("absent")) },
    { source: join(checkout, "key.pem"), name: bundleName(model, at("key.pem")) },
  ]);
  expect(files[1]?.name).toMatch(/^[0-9a-f]{12}-app\.conf$/);
});

test("of what is in base a release holds what is read only, but for data and what others write to", () => {
  const bind = (name: string, read_only = true) => ({
    type: "bind",
    source: join(checkout, name).replaceAll("$", "$$$$"),
    target: "/x",
    read_only,
  });
  mkdirSync(join(checkout, "conf.d"), { recursive: true });
  writeFileSync(join(checkout, "conf.d/a.conf"), "a");
  const model: ComposeModel = withCheckout(
    {
      name: "shop",
      services: {
        proxy: {
          image: "nginx",
          ports: [],
          volumes: [bind("conf.d"), bind("absent"), bind("key.pem"), bind("data", false)],
        },
        renewer: { image: "certbot", volumes: [bind("key.pem", false)] },
        db: { image: "postgres", volumes: [bind("seed.sql")] },
      },
    },
    checkout,
  );
  const roles = { proxy: "edge", renewer: "support", db: "data" } as const;
  const services = factsOf(model).map((facts) => ({
    ...facts,
    active: true,
    role: roles[facts.name as keyof typeof roles],
  }));
  const names = () => mountedFiles({ model, services }).map(({ source }) => source);
  expect(names()).toEqual([join(checkout, "conf.d")]);
  // What cannot be copied keeps no deployment.
  symlinkSync("/nowhere", join(checkout, "conf.d/link"));
  expect(names()).toHaveLength(1);
  writeFileSync(join(checkout, "conf.d/large"), "");
  truncateSync(join(checkout, "conf.d/large"), 17 * 1_024 * 1_024);
  expect(names()).toEqual([]);
});

test("names in a bundle do not depend on where the checkout is", () => {
  const name = (root: string) =>
    bundleName(withCheckout({ name: "shop", services: {} }, root), `${root}/conf/app.conf`);
  expect(name("/a")).toBe(name("/b/c"));
  const model = withCheckout({ name: "shop", services: {} }, "/srv/shop");
  expect(bundleName(model, "/srv/shop-other/x")).toBeUndefined();
  expect(bundleName(model, "/srv/shop")).toMatch(/^[0-9a-f]{12}$/);
});

test("fingerprints tell which values differ, by a key, and not what they are", () => {
  const model = (password: string | null): ComposeModel => ({
    name: "shop",
    services: { web: { environment: { PASSWORD: password, A: "1" } } },
  });
  const first = environmentFingerprint(model("canary"), "key");
  expect(Object.keys(first)).toEqual(["web.A", "web.PASSWORD"]);
  expect(JSON.stringify(first)).not.toContain("canary");
  expect(environmentFingerprint(model("canary"), "key")).toEqual(first);
  expect(environmentFingerprint(model("rotated"), "key")).toEqual({
    ...first,
    "web.PASSWORD": expect.not.stringMatching(first["web.PASSWORD"] ?? "") as string,
  });
  expect(environmentFingerprint(model("canary"), "other")["web.A"]).not.toBe(first["web.A"]);
  expect(environmentFingerprint(model(null), "key")["web.PASSWORD"]).not.toBe(
    environmentFingerprint(model(""), "key")["web.PASSWORD"],
  );
});

test("secret values are found by name, in URLs and in files, unescaped", () => {
  const model: ComposeModel = {
    name: "shop",
    services: {
      umami: {
        image: "ghcr.io/acme/shop-front:1",
        environment: {
          DB_PASSWORD: "p$$w-canary",
          APP_SECRET: "umami",
          API_TOKEN: "abc",
          STRIPE_API_KEY: "sk_live_canary",
          DATABASE_URL: "postgresql://shop:url%2Fcanary@db:5432/shop",
          SECRET_KEY_BASE: "base-canary",
          TOKEN_TTL: "3600-seconds",
          POSTGRES_PASSWORD_FILE: "/run/secrets/db",
          PUBLIC_KEY: "public-value",
          LOG_LEVEL: "debug-level",
          AUTH_TOKEN_PORT: "5432",
          EMPTY_PASSWORD: null,
        },
        labels: { "traefik.http.middlewares.a.basicauth.users": "admin:label-canary" },
        build: { args: { NPM_TOKEN: "npm-canary" } },
      },
    },
    secrets: { key: { file: join(checkout, "key.pem").replaceAll("$", "$$$$") }, gone: { file: "/nowhere" } },
  };
  expect(secretValues(model).toSorted()).toEqual(
    [
      "p$w-canary",
      "sk_live_canary",
      "url%2Fcanary",
      "url/canary",
      "base-canary",
      "admin:label-canary",
      "npm-canary",
      "canary-in-a-file",
    ].toSorted(),
  );
});

describe("what is secret in a model", () => {
  const found = (model: Partial<ComposeModel>, variables: Readonly<Record<string, string>> = {}) =>
    secretValues({ name: "shop", services: {}, ...model }, [variables]);
  const inEnvironment = (environment: Readonly<Record<string, string>>) =>
    found({ services: { web: { image: "acme/web", environment } } });

  test("is what a variable was filled in with, wherever that is", () => {
    const command = ["redis-server", "--requirepass", "redis-canary"];
    const variables = { REDIS_PASSWORD: "redis-canary", BROKER: "amqp://a:broker-canary@mq", LEVEL: "debug-level" };
    expect(found({ services: { redis: { command } } }, variables)).toEqual(["redis-canary", "broker-canary"]);
  });

  test("is what hooks are given by a name that speaks of secrets", () => {
    const hook = (value: string) => [{ command: ["tell"], environment: { API_TOKEN: value, LEVEL: "debug-level" } }];
    const app = { post_start: hook("start-$$canary"), pre_stop: hook("stop-canary") };
    expect(found({ services: { app } })).toEqual(["start-$canary", "stop-canary"]);
    expect(found({ services: { app: { post_start: [null, {}], pre_stop: null } } })).toEqual([]);
  });

  test("is not where the shell is, nor what names something of the project", () => {
    const variables = { PWD: "/srv/shop", OLDPWD: "/srv/other", DB_PASSWORD: "redis", PIN_SECRET: "12345" };
    expect(found({ services: { redis: {} } }, variables)).toEqual([]);
  });

  test.each<[string, ComposeModel["services"][string]]>([
    ["a command", { command: ["worker", "-b", "amqp://app:url-$$canary@mq"] }],
    ["an entrypoint", { entrypoint: ["sh", "-c", "exec worker 'redis://:url-$$canary@mq/0'"] }],
    [
      "a health check",
      { healthcheck: { test: ["CMD-SHELL", "psql postgres://app:url-$$canary@db/app -c 'select 1'"] } },
    ],
    ["a build", { build: { context: "https://ci:url-$$canary@git.example.com/shop.git" } }],
  ])("is the password of a URL in %s", (_name, service) => {
    expect(found({ services: { web: service } })).toEqual(["url-$canary"]);
  });

  test.each([
    ["postgres://u:top@secret@db:5432/shop", ["top@secret"]],
    ["redis://:pw#canary@h1,redis://:pw-other@h2", ["pw#canary", "pw-other"]],
    ['{"url":"redis://:json-canary@h:6379","mail":"a@b.example"}', ["json-canary"]],
    ["postgres://u:with/slash@db/shop", ["with/slash"]],
    ["http://proxy:8080/path?mail=somebody@example.com http://h/a:long@x", []],
  ])("of %s it is %j", (url, passwords) => {
    expect(inEnvironment({ URL: url })).toEqual(passwords);
  });

  test("is in inline configs, by the names of their lines", () => {
    const content = "[db]\nport = 5432\nkey: name.of.it\npassword = config-$$canary\nurl: mysql://u:in-url@db/x\n";
    expect(found({ configs: { app: { content }, other: { file: "./x" } } })).toEqual(["config-$canary", "in-url"]);
  });

  test("is the variable behind a secret, whatever its name", () => {
    const secrets = { tok: { environment: "TOK" }, gone: { environment: "GONE" } };
    expect(found({ secrets }, { TOK: "tok-canary", OTHER: "not-secret" })).toEqual(["tok-canary"]);
  });

  test.each([
    ["with line breaks", "\n"],
    ["on one line", String.raw`\n`],
  ])("is each line of a key, %s: a log shows it line by line", (_name, lineBreak) => {
    const lines = [
      "-----BEGIN PRIVATE KEY-----",
      "MIIEvQIBADANBgkqhkiG",
      "9w0BAQEFAASCBKcwggSj",
      "Qw==",
      "-----END PRIVATE KEY-----",
    ];
    const key = lines.join(lineBreak);
    expect(inEnvironment({ PRIVATE_KEY: `${key}\n` })).toEqual([key, lines[1], lines[2]]);
  });

  test("is what stands after the scheme of an authorization", () => {
    expect(inEnvironment({ HTTP_AUTHORIZATION: "Bearer auth-canary" })).toEqual(["Bearer auth-canary", "auth-canary"]);
  });

  test.each(["SMTP_AUTH", "STRIPE_SK", "ENCRYPTION_KEY_V2", "SIGNING_KEY_1", "PROXY_AUTHORIZATION"])(
    "is a %s",
    (name) => {
      expect(inEnvironment({ [name]: "some-canary" })).toEqual(["some-canary"]);
    },
  );

  test("is an address that is called by a secret: it may stand in its query", () => {
    const address = "https://feeds.example/ical?token=feed-canary";
    expect(inEnvironment({ FEED_TOKEN_URL: address })).toEqual([address]);
  });

  test.each([
    ["SMTP_AUTH", "login"],
    ["AUTHOR", "somebody"],
    ["TASK", "some-task"],
    ["KEY_V2_PATH", "/etc/keys"],
  ])("is no %s that is %s", (name, value) => {
    expect(inEnvironment({ [name]: value })).toEqual([]);
  });
});

test("secrets are known by their names where there is no model yet", () => {
  const envFile = "export API_TOKEN='env-canary'\nPOSTGRES_PASSWORD_FILE=/run/secrets/x\nTOKEN=abc\nNAME=shop\n";
  const composeFile =
    "    environment:\n      - DB_PASSWORD=list-canary\n      SECRET_KEY: map-canary\n      X_SECRET: changed\n";
  const env = { AWS_SECRET_ACCESS_KEY: "aws-canary", PASSWORD: "password", HOME: "/root", GONE_TOKEN: undefined };
  expect(secretVariables(env, [envFile, composeFile]).toSorted()).toEqual(
    ["env-canary", "list-canary", "map-canary", "aws-canary", "changed"].toSorted(),
  );
});

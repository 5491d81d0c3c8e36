import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ComposeModel } from "@sluice/core";
import { afterAll, beforeAll, expect, test } from "vitest";
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

test("a release holds what slots and jobs mount read-only from the checkout, and their secrets", () => {
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
        web: { image: "shop", expose: [80], volumes: [bind("app.conf"), bind("absent")], secrets: [{ source: "key" }] },
        recreated: { image: "shop", expose: [80], volumes: [bind("data", false), bind("seed.sql")] },
        migrate: { image: "shop", volumes: [bind("app.conf"), { ...bind("x"), source: "/etc/hosts" }] },
      },
      secrets: { key: { file: at("key.pem") }, unused: { file: at("data") } },
    },
    checkout,
  );
  const files = mountedFiles({ model, services: factsOf(model) });
  expect(files).toEqual(
    ["app.conf", "key.pem"].map((name) => ({ source: join(checkout, name), name: bundleName(model, at(name)) })),
  );
  expect(files[0]?.name).toMatch(/^[0-9a-f]{12}-app\.conf$/);
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

test("secrets are known by their names where there is no model yet", () => {
  const envFile = "export API_TOKEN='env-canary'\nPOSTGRES_PASSWORD_FILE=/run/secrets/x\nTOKEN=abc\nNAME=shop\n";
  const composeFile =
    "    environment:\n      - DB_PASSWORD=list-canary\n      SECRET_KEY: map-canary\n      X_SECRET: changed\n";
  const env = { AWS_SECRET_ACCESS_KEY: "aws-canary", PASSWORD: "password", HOME: "/root", GONE_TOKEN: undefined };
  expect(secretVariables(env, [envFile, composeFile]).toSorted()).toEqual(
    ["env-canary", "list-canary", "map-canary", "aws-canary", "changed"].toSorted(),
  );
});

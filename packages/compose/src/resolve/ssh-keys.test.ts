import { expect, test } from "vitest";
import { sshKeysIn, withoutBuildSsh, withoutSshKeys, withSshKeys } from "./ssh-keys.ts";

const yaml = `services:
  web:
    build:
      ssh:
        - 'other: /home/me: mine/key'
        - default
  db:
    image: postgres
`;

test("keys are put back as Compose reads them, into the builds that they are of", () => {
  const keys = sshKeysIn(yaml);
  expect(keys).toEqual({ web: ["other=/home/me: mine/key", "default"] });
  expect(withoutSshKeys(keys)).toBe('services:\n  "web": { build: { ssh: !reset null } }\n');
  const model = { name: "shop", services: { web: { build: { context: "/shop" } }, db: { image: "postgres" } } };
  expect(withSshKeys(model, keys).services).toEqual({
    web: { build: { context: "/shop", ssh: ["default", "other=/home/me: mine/key"] } },
    db: { image: "postgres" },
  });
});

test("keys come in one order, as Compose has none, and decide nothing of what is built", () => {
  const built = (ssh?: readonly string[]) => ({
    name: "shop",
    services: { web: { build: { context: "/shop", ...(ssh ? { ssh } : {}) } }, db: { image: "postgres" } },
  });
  expect(withSshKeys(built(["other", "default"]), {})).toEqual(built(["default", "other"]));
  expect(withSshKeys(built(), {})).toEqual(built());
  expect(withoutBuildSsh(built(["default=/tmp/agent.1"]))).toEqual(built());
  expect(withoutBuildSsh(built())).toEqual(built());
});

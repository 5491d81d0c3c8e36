import { expect, test } from "vitest";
import { sshKeysIn, withoutSshKeys, withSshKeys } from "./ssh-keys.ts";

const yaml = `services:
  web:
    build:
      ssh:
        - default
        - 'other: /home/me: mine/key'
  db:
    image: postgres
`;

test("keys are put back as Compose reads them, into the builds that they are of", () => {
  const keys = sshKeysIn(yaml);
  expect(keys).toEqual({ web: ["default", "other=/home/me: mine/key"] });
  expect(withoutSshKeys(keys)).toBe('services:\n  "web": { build: { ssh: !reset null } }\n');
  const model = { name: "shop", services: { web: { build: { context: "/shop" } }, db: { image: "postgres" } } };
  expect(withSshKeys(model, keys).services).toEqual({
    web: { build: { context: "/shop", ssh: keys["web"] } },
    db: { image: "postgres" },
  });
});

import { expect, it } from "vitest";
import { aManifest } from "../testing/a-manifest.ts";
import { assertOwnDatabase } from "./assert-own-database.ts";

const postgres = { driver: { kind: "postgres" } } as const;
const shop = { ...postgres, service: "db", services: ["db", "audit-db", "web"] };
const refusal = (ports: Parameters<typeof assertOwnDatabase>[0], over: Parameters<typeof aManifest>[0]) => {
  try {
    assertOwnDatabase(ports, aManifest(over));
    return null;
  } catch (error) {
    return error;
  }
};

it("a backup of another service of the project is refused, and so is one of another kind", () => {
  expect(refusal(shop, { service: "audit-db" })).toMatchObject({
    code: "BACKUP_WRONG_DATABASE",
    message:
      "backup 20260501T100000Z-abcd is of audit-db (postgres), and the database that was opened is db (postgres): nothing was changed",
    hint: expect.stringContaining("--env"),
  });
  for (const ports of [shop, postgres]) {
    expect(refusal(ports, { kind: "sqlite" })).toMatchObject({ code: "BACKUP_WRONG_DATABASE" });
  }
});

it("its own is not, nor one of a service that the project has by another name now, nor any where nobody said which it is", () => {
  expect(refusal(shop, {})).toBeNull();
  expect(refusal(shop, { service: "database" })).toBeNull();
  expect(refusal(postgres, { service: "audit-db" })).toBeNull();
  expect(refusal({ ...postgres, service: "db" }, { service: "audit-db" })).toMatchObject({
    code: "BACKUP_WRONG_DATABASE",
  });
});

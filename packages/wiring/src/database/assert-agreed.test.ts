import { expect, it } from "vitest";
import { assertAgreed } from "./assert-agreed.ts";

const at = "2026-05-01T09:00:00.000Z";
const backup = { id: "20260501T090000Z-abcd", at, stack: "shop", database: { name: "app" } };
const [shop, staging] = ["shop", "staging"].map((stack) => ({ stack, database: "app" })) as [Here, Here];
type Here = Parameters<typeof assertAgreed>[1];

const refused = (hint: string) =>
  expect.objectContaining({ code: "CONFIRMATION_NEEDED", hint: expect.stringMatching(new RegExp(`: ${hint}$`)) });

it("another stack's backup is restored where that very stack is named", () => {
  expect(() => assertAgreed(backup, staging, { ofStack: "shop" })).not.toThrow();
  for (const ofStack of [undefined, "other"]) {
    expect(() => assertAgreed(backup, staging, { ofStack })).toThrow(refused("--of-stack shop"));
  }
});

it("that of a database of another name is restored where that very name is said", () => {
  const crm = { ...shop, database: "crm" };
  expect(() => assertAgreed(backup, crm, { ofDatabase: "app" })).not.toThrow();
  for (const ofDatabase of [undefined, "crm"]) {
    expect(() => assertAgreed(backup, crm, { ofDatabase })).toThrow(refused("--of-database app"));
  }
  expect(() => assertAgreed(backup, { ...staging, database: "crm" }, {})).toThrow(
    refused("--of-stack shop --of-database app"),
  );
});

it("its own needs no word, nor one that does not say of which stack it is", () => {
  expect(() => assertAgreed(backup, shop, {})).not.toThrow();
  expect(() => assertAgreed({ ...backup, stack: undefined }, staging, {})).not.toThrow();
});

it("that of another state home is of another stack, though that has the same name", () => {
  const moved = { ...shop, homes: ["h2", { id: "h1", until: "2026-05-01T10:00:00.000Z" }] } as const;
  expect(() => assertAgreed({ ...backup, home: "h1" }, moved, {})).not.toThrow();
  expect(() => assertAgreed(backup, moved, {})).not.toThrow();
  expect(() => assertAgreed({ ...backup, home: "h9" }, moved, {})).toThrow(refused("--of-stack shop"));
  expect(() => assertAgreed({ ...backup, home: "h9" }, moved, { ofStack: "shop" })).not.toThrow();
});

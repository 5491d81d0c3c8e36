import { expect, it } from "vitest";
import { assertAgreed } from "./assert-agreed.ts";

const backup = { id: "20260501T090000Z-abcd", stack: "shop" };

it("another stack's backup is restored where that very stack is named", () => {
  expect(() => assertAgreed(backup, "staging", "shop")).not.toThrow();
  for (const agreed of [undefined, "other"]) {
    expect(() => assertAgreed(backup, "staging", agreed)).toThrow(
      expect.objectContaining({ code: "CONFIRMATION_NEEDED", hint: expect.stringContaining("--of-stack shop") }),
    );
  }
});

it("its own needs no word, nor one that does not say whose it is", () => {
  expect(() => assertAgreed(backup, "shop", undefined)).not.toThrow();
  expect(() => assertAgreed({ id: backup.id }, "staging", undefined)).not.toThrow();
});

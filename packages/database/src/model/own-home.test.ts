import { expect, it } from "vitest";
import { isOfHomes } from "./own-home.ts";

const homes = ["new", { id: "old", until: "2026-05-01T10:00:00.000Z" }] as const;
const at = (time: string) => `2026-05-01T${time}Z`;

it("what an earlier home backs up after it gave the stack away is not the stack's", () => {
  expect(isOfHomes({ home: "old", at: at("09:59:59.999") }, homes)).toBe(true);
  expect(isOfHomes({ home: "old", at: at("10:00:00") }, homes)).toBe(false);
  expect(isOfHomes({ home: "old", at: at("10:00:01.5") }, homes)).toBe(false);
  expect(isOfHomes({ home: "new", at: at("10:00:01") }, homes)).toBe(true);
});

it("one that came back is its own whenever it was taken", () => {
  expect(isOfHomes({ home: "old", at: at("11:00:00") }, ["old", ...homes.slice(1)] as never)).toBe(true);
});

it("one that does not say counts as own, and each does where nobody asks", () => {
  expect(isOfHomes({ at: at("11:00:00") }, homes)).toBe(true);
  expect(isOfHomes({ home: "third", at: at("11:00:00") }, undefined)).toBe(true);
  expect(isOfHomes({ home: "third", at: at("09:00:00") }, homes)).toBe(false);
});

import { SluiceError } from "@sluice/core";
import { expect, it } from "vitest";
import type { Session } from "../session.ts";
import { ownHomes } from "./own-homes.ts";

const [first, then] = ["2026-05-01T09:00:00.000Z", "2026-05-02T09:00:00.000Z"] as const;

const homesOf = (read: () => AsyncGenerator<object>) =>
  ownHomes({ home: async () => ({ id: "c" }), ports: async () => ({ journal: { read } }) } as unknown as Session);

it("the homes of a stack are the one it has and those it was moved from", async () => {
  async function* records() {
    yield { type: "state-imported", at: first, from: "a", to: "b" };
    yield { type: "state-rebuilt", at: then, previousHome: "b" };
    yield { type: "state-rebuilt", at: then, previousHome: null };
  }
  expect(await homesOf(records)).toEqual(["c", { id: "a", until: first }, { id: "b", until: then }]);
});

it("so are those that it was taken over from, and that a rebuild moved aside", async () => {
  async function* records() {
    yield { type: "state-imported", at: first, from: "a", owner: "r", to: "b" };
    yield { type: "state-rebuilt", at: then, previousHome: "b", replacedHome: "x" };
    yield { type: "state-rebuilt", at: then, previousHome: null, replacedHome: "y" };
  }
  expect(await homesOf(records)).toEqual([
    "c",
    ...["a", "r"].map((id) => ({ id, until: first })),
    ...["b", "x", "y"].map((id) => ({ id, until: then })),
  ]);
});

it("is its own alone where the record cannot be read", async () => {
  async function* damaged() {
    yield { type: "state-imported", from: "a", to: "b" };
    throw new SluiceError("JOURNAL_INVALID", "line 3");
  }
  expect(await homesOf(damaged)).toEqual(["c"]);
});

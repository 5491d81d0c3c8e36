import { SluiceError } from "@sluice/core";
import { expect, it } from "vitest";
import type { Session } from "../session.ts";
import { ownHomes } from "./own-homes.ts";

const homesOf = (read: () => AsyncGenerator<object>) =>
  ownHomes({ home: async () => ({ id: "c" }), ports: async () => ({ journal: { read } }) } as unknown as Session);

it("the homes of a stack are the one it has and those it was moved from", async () => {
  async function* records() {
    yield { type: "state-imported", from: "a", to: "b" };
    yield { type: "state-rebuilt", previousHome: "b" };
    yield { type: "state-rebuilt", previousHome: null };
  }
  expect(await homesOf(records)).toEqual(["c", "a", "b"]);
});

it("so are those that it was taken over from, and that a rebuild moved aside", async () => {
  async function* records() {
    yield { type: "state-imported", from: "a", owner: "r", to: "b" };
    yield { type: "state-rebuilt", previousHome: "b", replacedHome: "x" };
    yield { type: "state-rebuilt", previousHome: null, replacedHome: "y" };
  }
  expect(await homesOf(records)).toEqual(["c", "a", "r", "b", "x", "y"]);
});

it("is its own alone where the record cannot be read", async () => {
  async function* damaged() {
    yield { type: "state-imported", from: "a", to: "b" };
    throw new SluiceError("JOURNAL_INVALID", "line 3");
  }
  expect(await homesOf(damaged)).toEqual(["c"]);
});

import { SluiceError } from "@sluice/core";
import { expect, it } from "vitest";
import { assertOwnStack } from "./assert-own-stack.ts";

type Asked = Parameters<typeof assertOwnStack>[0];

/** A session of the home `mine`, over an engine that knows whose the stack is. */
function aSession(owner: string | null) {
  const claimed: string[] = [];
  const claim = async (_stack: string, id: string) => {
    claimed.push(id);
    if (owner !== id) throw new SluiceError("HOME_MISMATCH", `it belongs to ${owner}`);
  };
  const session = {
    facts: async () => ({ stack: "shop", homeId: "mine" }),
    ports: async () => ({ base: { claim } }),
    runtime: () => ({ claims: { read: async () => owner } }),
  } as unknown as Asked;
  return { claimed, session };
}

it("refuses where the stack belongs to another home", async () => {
  await expect(assertOwnStack(aSession("another").session)).rejects.toMatchObject({ code: "HOME_MISMATCH" });
});

it("lets its own pass, and makes nothing where nobody has the stack", async () => {
  await assertOwnStack(aSession("mine").session);
  const free = aSession(null);
  await assertOwnStack(free.session);
  expect(free.claimed).toEqual([]);
});

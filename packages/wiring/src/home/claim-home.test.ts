import { SluiceError } from "@sluice/core";
import { expect, it } from "vitest";
import { createHomeClaim } from "./claim-home.ts";

type Runtime = Parameters<typeof createHomeClaim>[0];

/** An engine that knows whose the stack is, or does not answer. */
function aClaim(owner: string | null | Error) {
  const claimed: string[] = [];
  const claim = async (_stack: string, id: string) => {
    if (owner !== null) throw new SluiceError("HOME_MISMATCH", `it belongs to ${String(owner)}`);
    claimed.push(id);
  };
  const read = async () => {
    if (owner instanceof Error) throw owner;
    return owner;
  };
  const runtime = { base: { claim }, claims: { read } } as unknown as Runtime;
  return { claimed, home: createHomeClaim(runtime) };
}

it("is made where nobody has the stack, and is not made again", async () => {
  const free = aClaim(null);
  await free.home.claim("shop", "mine", "if-taken");
  expect([free.claimed, free.home.isMade]).toEqual([[], false]);
  await free.home.claim("shop", "mine");
  expect([free.claimed, free.home.isMade]).toEqual([["mine"], true]);
  const own = aClaim("mine");
  await own.home.claim("shop", "mine");
  expect([own.claimed, own.home.isMade]).toEqual([[], false]);
});

it("is not made where the stack is another's, or the engine does not answer", async () => {
  const other = aClaim("another");
  await expect(other.home.claim("shop", "mine")).rejects.toMatchObject({ code: "HOME_MISMATCH" });
  await expect(other.home.claim("shop", "mine", "if-taken")).rejects.toMatchObject({ code: "HOME_MISMATCH" });
  const silent = aClaim(new SluiceError("ENGINE_UNREACHABLE", "silence"));
  await expect(silent.home.claim("shop", "mine")).rejects.toMatchObject({ code: "ENGINE_UNREACHABLE" });
  expect([other.home.isMade, silent.home.isMade]).toEqual([false, false]);
});

import { labels } from "@sluice/core";
import { expect, it } from "vitest";
import type { Engine } from "../engine/engine.ts";
import { createBaseRuntime } from "./base-runtime.ts";

/** An engine with the volume of a claim, or without; with what it was asked for. */
function engineOf(owner: string | null) {
  const asked: string[] = [];
  const docker = {
    getVolume: () => ({
      inspect: async () => {
        asked.push("inspect");
        if (owner === null) throw Object.assign(new Error("no such volume"), { statusCode: 404 });
        return { Labels: { [labels.home]: owner } };
      },
    }),
    createVolume: async () => void asked.push("create"),
  };
  const call = (_what: string, work: (api: unknown) => unknown) => work(docker);
  return { asked, engine: { call } as unknown as Engine };
}

it.each([
  ["this home's", "home", "HOME"],
  ["nobody's", null, "HOME"],
  ["another's", "another", "HOME_MISMATCH"],
])("whether a stack is another home's is one question: %s", async (_whose, owner, expected) => {
  const { asked, engine } = engineOf(owner);
  const base = createBaseRuntime({ engine, exec: {} as never, pool: () => Promise.reject(new Error("not needed")) });
  const said = await base.claim("shop", "home", "if-taken").then(
    () => "HOME",
    ({ code }: { readonly code: string }) => code,
  );
  expect(said).toBe(expected);
  expect(asked).toEqual(["inspect"]);
});

import { setTimeout } from "node:timers/promises";
import { expect, it } from "vitest";
import type { Engine } from "../engine/engine.ts";
import { oneAtATime } from "./one-at-a-time.ts";

const engine = {} as Engine;

it("changes of one project come one after the other, also after one that failed; those of others do not wait", async () => {
  const log: string[] = [];
  const change = (name: string, project: string) =>
    oneAtATime(engine, project, async () => {
      log.push(`${name} begins`);
      await setTimeout(5);
      log.push(`${name} ends`);
      if (name === "first") throw new Error("first failed");
      return name;
    });
  const all = await Promise.allSettled([change("first", "a"), change("second", "a"), change("other", "b")]);
  expect(all.map(({ status }) => status)).toEqual(["rejected", "fulfilled", "fulfilled"]);
  expect(log.indexOf("second begins")).toBeGreaterThan(log.indexOf("first ends"));
  expect(log.indexOf("other begins")).toBeLessThan(log.indexOf("first ends"));
});

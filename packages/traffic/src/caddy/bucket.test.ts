import { createContext, Script } from "node:vm";
import type { Stickiness } from "@sluice/core";
import { expect, test } from "vitest";
import { turnExpression } from "./bucket.ts";

/** Caddy's language says these sums in the words of JavaScript, but for what it calls placeholders. */
function turns(stickiness: Stickiness, names: readonly string[], salt = 0): readonly number[] {
  const expression = turnExpression(stickiness)
    .replaceAll("int({http.vars.salt})", "salt")
    .replaceAll("{http.vars.padded}", "padded");
  const script = new Script(`names.map((name) => { const padded = "~".repeat(40) + name; return ${expression}; })`);
  const size = (text: string) => text.length;
  return script.runInContext(createContext({ names, salt, size })) as number[];
}

/** Percent of the names that a share lets in. */
const within = (all: readonly number[], share: number) =>
  (all.filter((turn) => turn < share * 100).length / all.length) * 100;

const addresses = Array.from({ length: 20_000 }, (_, index) => `203.0.${index % 256}.${Math.floor(index / 256)}`);
const networks = Array.from({ length: 20_000 }, (_, index) => `2001:db8::${(index * 7919).toString(16)}`);
const tokens = Array.from({ length: 20_000 }, (_, index) =>
  Buffer.from(`Bearer ${index * 104_729}.${index}`)
    .toString("base64")
    .slice(-40),
);

test.each([
  ["addresses", addresses],
  ["addresses of IPv6", networks],
  ["tokens", tokens],
])("a share lets in its part of %s, whatever the salt", (_what, names) => {
  for (const salt of [0, 4_711, 9_999]) {
    const all = turns({ by: "ip" }, names, salt);
    for (const share of [5, 25, 50]) expect(Math.abs(within(all, share) - share)).toBeLessThan(1.5);
    expect(within(all, 100)).toBe(100);
    expect(within(all, 0)).toBe(0);
  }
});

test("a name has the same place each time, and a salt moves all of them by as much", () => {
  const [plain, again, salted] = [0, 0, 250].map((salt) => turns({ by: "header", name: "x" }, addresses, salt));
  expect(again).toEqual(plain);
  expect(salted).toEqual(plain?.map((turn) => (turn + 250) % 10_000));
});

import { expect, it } from "vitest";
import { conclude } from "../result.ts";
import { lintFigures, rehearsalFigures } from "./figures.ts";
import type { Tried } from "./try-migration.ts";

const tried = (over: Partial<Tried>): Tried => ({
  server: "postgres",
  name: "x",
  expect: null,
  verdict: "pass",
  found: [],
  linted: null,
  ms: 1,
  ...over,
});

it("counts what goes by, also for another reason than the right one, and what is stopped for none", () => {
  const figures = rehearsalFigures(
    [
      tried({ expect: "rows-lost", verdict: "block", found: ["rows-lost"] }),
      tried({ expect: "rows-lost", verdict: "warn", found: ["long-lock"] }),
      tried({ expect: "rows-lost", verdict: "pass" }),
      tried({ verdict: "block", found: ["long-lock"] }),
      tried({ verdict: "warn", found: ["long-lock"] }),
      tried({}),
    ],
    { postgres: 4_000, mariadb: 9_000 },
  );
  expect(figures).toMatchObject({
    dangerous: { value: 3 },
    dangerous_missed: { value: 2, pass: false },
    harmless: { value: 3 },
    harmless_blocked: { value: 1, pass: false },
    harmless_warned: { value: 1 },
    second_clone_s: { value: 4, pass: true },
    second_clone_mariadb_s: { value: 9 },
  });
});

it("counts what a linter says of the migrations that it can read", () => {
  const figures = lintFigures([
    tried({ expect: "rows-lost", linted: [] }),
    tried({ expect: "rows-lost", linted: ["ban-drop-table"] }),
    tried({ linted: [] }),
    tried({ linted: ["changing-column-type"] }),
    tried({ expect: "rows-lost", linted: null }),
    tried({ linted: null }),
  ]);
  expect(figures).toEqual({ dangerous: 2, dangerous_missed: 1, harmless: 2, harmless_warned: 1 });
});

it("no migration at all is no pass", () => {
  const figures = rehearsalFigures([], { postgres: 4_000 });
  expect(conclude({ bench: "rehearsal", figures, peers: {}, floor: {} }).pass).toBe(false);
});

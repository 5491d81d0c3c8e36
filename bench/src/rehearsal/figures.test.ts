import { expect, it } from "vitest";
import { rehearsalFigures } from "./figures.ts";
import type { Tried } from "./try-migration.ts";

const tried = (over: Partial<Tried>): Tried => ({
  name: "x",
  expect: null,
  verdict: "pass",
  found: [],
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
    4_000,
  );
  expect(figures).toMatchObject({
    dangerous: { value: 3 },
    dangerous_missed: { value: 2, pass: false },
    harmless: { value: 3 },
    harmless_blocked: { value: 1, pass: false },
    harmless_warned: { value: 1 },
    second_clone_s: { value: 4, pass: true },
  });
});

import { expect, it } from "vitest";
import { outlived } from "./restart-after.ts";

const at = (second: number) => `2026-01-01T00:00:0${second}.123456789Z`;
const container = (StartedAt: string, Running = true) => ({ Id: "a", Created: at(0), State: { Running, StartedAt } });

it.each([
  ["one that runs since before another was made", container(at(1)), [at(2)], true],
  ["one that runs since before the newest of several was made", container(at(3)), [at(2), at(4)], true],
  ["one that was started since", container(at(3)), [at(2)], false],
  ["one that was started by a clock that was ahead: when it was is not known", container(at(9)), [at(2)], true],
  ["one that does not run", container(at(1), false), [at(2)], false],
  ["anything where there is no other", container(at(1)), [], false],
])("outlived is %s", (_name, one, made, expected) => {
  expect(
    outlived(
      [one],
      made.map((Created) => ({ Created })),
      Date.parse(at(5)),
    ),
  ).toEqual(expected ? [one] : []);
});

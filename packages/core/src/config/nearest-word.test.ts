import { expect, it } from "vitest";
import { nearestWord } from "./nearest-word.ts";

const known = ["bake", "onFail", "minFreeDisk", "steps", "tcp", "http", "mysql", "mariadb"];

it.each([
  ["bakee", "bake"],
  ["onFial", "onFail"],
  ["on_fail", "onFail"],
  ["min-free-disk", "minFreeDisk"],
  ["minFreDsk", "minFreeDisk"],
  ["htp", "http"],
  ["step", "steps"],
  ["mariadb10", "mariadb"],
])("%s may have been meant as %s", (unknown, meant) => {
  expect(nearestWord(unknown, known)).toBe(meant);
});

it.each(["udp2", "hold", "timeout", "", "x"])("nothing is near %j", (unknown) => {
  expect(nearestWord(unknown, known)).toBeUndefined();
});

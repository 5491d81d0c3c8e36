import { expect, it } from "vitest";
import type { ObservedStack } from "../../model/stack.ts";
import { aContainer, aSlot, aStack } from "../../testing/a-stack.ts";
import { composeFileNames, otherFilesFindings } from "./other-files.ts";

const files = ["/srv/shop/compose.yml", "/srv/shop/deploy/compose.prod.yml"];
const none = aStack();

it("compose files are called as from the directory of the first one", () => {
  expect(composeFileNames(files)).toEqual(["compose.yml", "deploy/compose.prod.yml"]);
  expect(composeFileNames(["/srv/shop/deploy/a.yml", "/srv/shop/b.yml", "/etc/c.yml"])).toEqual([
    "a.yml",
    "../b.yml",
    "../../../etc/c.yml",
  ]);
  expect(composeFileNames([])).toEqual([]);
});

it("a release that serves, made of other files, is told with the line that names them", () => {
  const serves = { tag: "v1", composeFiles: ["compose.yml", "compose.sluice.yml"] };
  expect(otherFilesFindings(["/srv/shop/compose.yml", "/srv/shop/compose.override.yml"], serves, none)).toEqual([
    {
      severity: "warn",
      code: "compose-files-differ",
      message:
        "v1, which serves, is made of compose.yml compose.sluice.yml, and this is of compose.yml compose.override.yml",
      hint: "where that is not meant, in the directory of compose.yml: export COMPOSE_FILE=compose.yml:compose.sluice.yml",
    },
  ]);
});

it.each([
  ["is of the same ones in another checkout", { tag: "v1", composeFiles: ["compose.yml", "deploy/compose.prod.yml"] }],
  ["does not say", { tag: "v1" }],
  ["is not there", null],
])("nothing is told where the release that serves %s", (_, serves) => {
  expect(otherFilesFindings(files, serves, none)).toEqual([]);
});

it("before a first deployment it is told of what plain Compose runs, which never had the file of the workflows", () => {
  const plain = [aContainer("web", { composeFiles: ["compose.yml"] })];
  const found = (now: readonly string[], stack: Partial<ObservedStack> = {}) =>
    otherFilesFindings(now, null, aStack({ plain, ...stack })).map(({ code }) => code);
  expect(found(files)).toEqual(["compose-files-differ"]);
  expect(found(["/runner/compose.yml", "/runner/compose.sluice.yml"])).toEqual([]);
  expect(found(files, { slots: { blue: aSlot("blue", "v1"), green: aSlot("green", "v0", []) } })).toEqual([]);
});

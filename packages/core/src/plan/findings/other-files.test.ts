import { expect, it } from "vitest";
import type { ObservedStack } from "../../model/stack.ts";
import { aContainer, aSlot, aStack } from "../../testing/a-stack.ts";
import { composeFileNames, otherFilesFindings } from "./other-files.ts";

const checkout = "/srv/shop";
const files = ["/srv/shop/compose.yml", "/srv/shop/deploy/compose.prod.yml"];
const project = { files, checkout };
const none = aStack();

it("compose files are called as from the root of their checkout", () => {
  expect(composeFileNames(files, checkout)).toEqual(["compose.yml", "deploy/compose.prod.yml"]);
  expect(composeFileNames(["/srv/shop/deploy/a.yml", "/srv/shop/b.yml", "/etc/c.yml"], checkout)).toEqual([
    "deploy/a.yml",
    "b.yml",
    "../../etc/c.yml",
  ]);
  expect(composeFileNames(["/srv/shop/a.yml"], "/srv/shop/")).toEqual(["a.yml"]);
  expect(composeFileNames(["/srv/a.yml"], "/")).toEqual(["srv/a.yml"]);
  expect(composeFileNames([], checkout)).toEqual([]);
});

it("a release that serves, made of other files, is told with the line that names them", () => {
  const serves = { tag: "v1", composeFiles: ["compose.yml", "compose.sluice.yml"] };
  const now = ["/srv/shop/compose.yml", "/srv/shop/compose.override.yml"];
  expect(otherFilesFindings({ files: now, checkout }, serves, none)).toEqual([
    {
      severity: "warn",
      code: "compose-files-differ",
      message:
        "v1, which serves, is made of compose.yml compose.sluice.yml, and this is of compose.yml compose.override.yml",
      hint: "where that is not meant, in /srv/shop: export COMPOSE_FILE=compose.yml:compose.sluice.yml",
    },
  ]);
});

it.each([
  ["is of the same ones in another checkout", { tag: "v1", composeFiles: ["compose.yml", "deploy/compose.prod.yml"] }],
  ["does not say", { tag: "v1" }],
  ["is not there", null],
])("nothing is told where the release that serves %s", (_, serves) => {
  expect(otherFilesFindings(project, serves, none)).toEqual([]);
});

it("a file of the same name in another directory is another one, and names are quoted as a shell needs them", () => {
  const inOther = otherFilesFindings(
    { files: ["/srv/shop/deploy/compose.yml"], checkout },
    { tag: "v1", composeFiles: ["compose.yml", "compose.it's on.yml"] },
    none,
  );
  expect(inOther.map(({ hint }) => hint)).toEqual([
    String.raw`where that is not meant, in /srv/shop: export COMPOSE_FILE='compose.yml:compose.it'\''s on.yml'`,
  ]);
  const before = { tag: "v1", composeFiles: ["compose.yml"] };
  expect(otherFilesFindings({ files: ["/srv/shop/deploy/compose.yml"], checkout }, before, none)).toHaveLength(1);
});

it("before a first deployment it is told of what plain Compose runs, which never had the file of the workflows", () => {
  const plain = [aContainer("web", { composeFiles: ["compose.yml"] })];
  const found = (now: readonly string[], stack: Partial<ObservedStack> = {}, root = checkout) =>
    otherFilesFindings({ files: now, checkout: root }, null, aStack({ plain, ...stack })).map(({ code }) => code);
  expect(found(files)).toEqual(["compose-files-differ"]);
  expect(found(["/runner/compose.yml", "/runner/compose.sluice.yml"], {}, "/runner")).toEqual([]);
  const below = [aContainer("web", { composeFiles: ["app/compose.yml"] })];
  expect(found(["/runner/app/compose.yml", "/runner/compose.sluice.yml"], { plain: below }, "/runner")).toEqual([]);
  expect(found(files, { slots: { blue: aSlot("blue", "v1"), green: aSlot("green", "v0", []) } })).toEqual([]);
});

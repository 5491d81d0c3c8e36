import { aStack } from "@sluice/core/testing";
import { expect, it } from "vitest";
import type { ForeignProject } from "../../model/stack.ts";
import type { PlanStep } from "../steps/step.ts";
import { foreignFindings, placesOf } from "./foreign-projects.ts";

const blue: ForeignProject = {
  project: "shop-blue",
  place: "blue",
  containers: ["shop-blue-web-1", "shop-blue-db-1"],
  networks: ["shop-blue_default"],
  isShared: false,
  owner: null,
};
const told = (changes: Partial<ForeignProject>) =>
  foreignFindings(aStack({ foreign: [{ ...blue, ...changes }] })).map(
    ({ severity, code, message, hint }) => `${severity} ${code}: ${message} -> ${hint}`,
  );

const renamed = "give this stack another name with --project-name: it begins without data then, in volumes of its own";

it("what others have under a name of the stack is told, with what becomes of data", () => {
  expect(told({})).toEqual([
    `error foreign-project: slot blue of stack shop needs the name of Compose project shop-blue, in which somebody else has containers shop-blue-web-1 shop-blue-db-1, network shop-blue_default -> once nobody needs it: docker compose -p shop-blue down, which keeps its volumes (shop does not use them); or ${renamed}`,
  ]);
});

it("where something of the stack is there too, no command takes that down", () => {
  const removed = (changes: Partial<ForeignProject>) => told({ isShared: true, ...changes })[0]?.split(" -> ")[1];
  const end = "which keeps its volumes (shop does not use them)";
  expect(removed({})).toBe(
    `once nobody needs it: docker rm -f shop-blue-web-1 shop-blue-db-1 && docker network rm shop-blue_default, ${end}`,
  );
  expect(removed({ networks: [] })).toBe(`once nobody needs it: docker rm -f shop-blue-web-1 shop-blue-db-1, ${end}`);
});

it("of another stack of Sluice nothing is to be taken down", () => {
  expect(told({ owner: "shop-blue", networks: [] })).toEqual([
    `error foreign-project: slot blue of stack shop needs the name of Compose project shop-blue, in which stack shop-blue has containers shop-blue-web-1 shop-blue-db-1 -> ${renamed}`,
  ]);
});

const places = (previous: "blue" | null, ...steps: readonly Partial<PlanStep>[]) => [
  ...placesOf({ steps: steps as readonly PlanStep[], previous }),
];

it("a plan needs the slots that it makes containers in, a first one both, and the rehearsal where it rehearses", () => {
  expect(places("blue")).toEqual([]);
  expect(places("blue", { kind: "base" }, { kind: "start", slot: "green" })).toEqual(["base"]);
  expect(places("blue", { kind: "start", slot: "blue", mends: true })).toEqual(["base", "blue"]);
  expect(places("blue", { kind: "job", slot: "green" }, { kind: "create", slot: "green" })).toEqual(["base", "green"]);
  expect(places(null, { kind: "rehearse" }, { kind: "create", slot: "green" })).toEqual([
    "base",
    "blue",
    "green",
    "rehearsal",
  ]);
  expect(places(null, { kind: "recreate" })).toEqual(["base"]);
});

import { expect, it } from "vitest";
import { foreignProjects } from "./foreign.ts";

const marks = (project: string, stack?: string) => ({
  "com.docker.compose.project": project,
  ...(stack === undefined ? {} : { "dev.sluice.stack": stack }),
});
const container = (name: string, project: string, stack?: string) => ({
  Id: name,
  Names: [`/${name}`],
  Labels: marks(project, stack),
});
const network = (Name: string, project: string, stack?: string) => ({ Name, Labels: marks(project, stack) });
const none = { containers: [], networks: [], isShared: false, owner: null };

it("of a stack are its base, whoever made it, and what is labelled with it in its slots", () => {
  const containers = [
    container("shop-db-1", "shop"),
    container("shop-blue-web-1", "shop-blue", "shop"),
    container("shop-rehearsal-web-1", "shop-rehearsal", "shop"),
    container("shop-staging-web-1", "shop-staging"),
  ];
  const networks = [network("shop_default", "shop"), network("shop-green_default", "shop-green", "shop")];
  expect(foreignProjects("shop", containers, networks)).toEqual([]);
});

it("a project that bears the name of a slot or of the rehearsal is foreign without that label", () => {
  const containers = [container("shop-blue-web-1", "shop-blue"), container("tried", "shop-rehearsal")];
  const networks = [network("shop-green_default", "shop-green"), network("shop-blue_default", "shop-blue")];
  expect(foreignProjects("shop", containers, networks)).toEqual([
    {
      ...none,
      project: "shop-blue",
      place: "blue",
      containers: ["shop-blue-web-1"],
      networks: ["shop-blue_default"],
    },
    { ...none, project: "shop-green", place: "green", networks: ["shop-green_default"] },
    { ...none, project: "shop-rehearsal", place: "rehearsal", containers: ["tried"] },
  ]);
});

it("what somebody put beside the stack's own containers is told apart from them", () => {
  const containers = [container("shop-blue-web-1", "shop-blue", "shop"), container("shop-blue-admin-1", "shop-blue")];
  expect(foreignProjects("shop", containers, [])).toEqual([
    { ...none, project: "shop-blue", place: "blue", containers: ["shop-blue-admin-1"], isShared: true },
  ]);
});

it("a stack that is called as a slot of another one finds that slot in its base", () => {
  const containers = [container("shop-blue-web-1", "shop-blue", "shop"), container("shop-blue-db-1", "shop-blue")];
  expect(foreignProjects("shop-blue", containers, [])).toEqual([
    {
      ...none,
      project: "shop-blue",
      place: "base",
      containers: ["shop-blue-web-1"],
      isShared: true,
      owner: "shop",
    },
  ]);
});

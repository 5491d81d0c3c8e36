import { aContainer } from "@sluice/core/testing";
import { expect, it } from "vitest";
import { homeOfCopies, mountedCopies, mountFindings } from "./mounted-copies.ts";

const filesDir = "/srv/old/releases/r-1/files";
const web = aContainer("web", { release: "r-1", filesDir });

it("is each directory of copies once, and nothing where containers mount none", () => {
  const containers = [web, { ...web, id: "2" }, aContainer("worker", { release: "r-1" })];
  expect(mountedCopies("blue", containers)).toEqual([{ slot: "blue", release: "r-1", filesDir }]);
  expect(mountedCopies("blue", [])).toEqual([]);
  // A container of base has no release of its own.
  const proxy = { ...aContainer("proxy", { filesDir }), release: null };
  expect(mountedCopies(null, [proxy])).toEqual([{ slot: null, release: "r-1", filesDir }]);
});

it("says of another home which directory has to stay, and until when", () => {
  const elsewhere = mountedCopies("blue", [web]);
  expect(elsewhere.map(homeOfCopies)).toEqual(["/srv/old"]);
  expect(mountFindings(elsewhere, "/srv/new")).toEqual([
    {
      severity: "warn",
      code: "mounts-of-another-home",
      message: `slot blue mounts files of ${filesDir}, and the state home is /srv/new: where they are gone, its containers do not start again`,
      hint: expect.stringMatching(/^keep \/srv\/old .*sluice deploy/),
    },
  ]);
  const inBase = elsewhere.map((copies) => ({ ...copies, slot: null }));
  expect(mountFindings(inBase, "/srv/new")[0]?.message).toMatch(/^base mounts files of /);
});

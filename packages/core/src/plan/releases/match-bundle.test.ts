import { describe, expect, it } from "vitest";
import { aBundle, aRequest, aService } from "../../testing/index.ts";
import { findBundle, matchBundle } from "./match-bundle.ts";

const older = aBundle("r-aa1", { tag: "v1", key: "k1", commit: "c1", createdAt: "2026-01-01T00:00:00.000Z" });
const newer = aBundle("r-aa2", { tag: "v1", key: "k1", commit: "c1", createdAt: "2026-02-01T00:00:00.000Z" });
const other = aBundle("r-b", { tag: "v2", tags: ["v2", "stable"], key: "k2", commit: "c2" });
const { services } = newer;
const bundles = [older, newer, other];

describe("a request for a release", () => {
  it("finds the very release, the newest where it had to be built again", () => {
    expect(matchBundle(bundles, aRequest("v9", { commit: "c1" }), "k1", services)).toEqual({
      same: newer,
      sameCommit: [newer, older],
    });
  });
  it("finds none of the same model with other active services, whose images it may use", () => {
    const mail = aService("mail", { active: false });
    const tool = aService("shell", { role: "tool", active: false });
    const off = { ...newer, services: [...services, mail, tool] };
    const find = (wanted: typeof services) => matchBundle([off], aRequest("v9", { commit: "c1" }), "k1", wanted);
    expect(find([...services, { ...mail, active: true }, tool])).toEqual({ same: null, sameCommit: [off] });
    expect(find([mail, { ...tool, active: true }, ...services]).same).toBe(off);
  });
  it("finds the images of another release of the same commit", () => {
    expect(matchBundle(bundles, aRequest("v9", { commit: "c2" }), "k9", services)).toEqual({
      same: null,
      sameCommit: [other],
    });
  });
  it("finds no images of a release that failed", () => {
    const broken = { ...newer, broken: { at: "2026-02-02T00:00:00.000Z", reason: "errors: 20 %" } };
    expect(matchBundle([older, broken], aRequest("v9", { commit: "c1" }), "k9", services)).toEqual({
      same: null,
      sameCommit: [older],
    });
  });
  it("finds no images of what was built with changes that the commit does not have", () => {
    expect(matchBundle([older, { ...newer, dirty: true }], aRequest("v9", { commit: "c1" }), "k9", services)).toEqual({
      same: null,
      sameCommit: [older],
    });
  });
  it("finds nothing for a dirty tree, and no images where no commit names them", () => {
    expect(matchBundle(bundles, aRequest("v1", { commit: "c1", dirty: true }), "k1", services)).toEqual({
      same: null,
      sameCommit: [],
    });
    expect(matchBundle(bundles, aRequest("v9", { commit: null }), "k9", services)).toEqual({
      same: null,
      sameCommit: [],
    });
  });
});

describe("a bundle is found", () => {
  it.each([
    ["by id", "r-b", other],
    ["by a tag, the newest that bears it", "v1", newer],
    ["by another tag", "stable", other],
    ["by a unique beginning of its id", "r-aa2", newer],
    ["not by a beginning that two share", "r-aa", null],
    ["not by what nobody bears", "v7", null],
  ] as const)("%s", (_title, name, expected) => {
    expect(findBundle(bundles, name)).toBe(expected);
  });
});

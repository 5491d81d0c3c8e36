import { describe, expect, it } from "vitest";
import { aBundle, aRequest } from "../../testing/a-release.ts";
import { checkoutFindings, storedFindings } from "./checkout-findings.ts";

const commit = "1234567890";
const first = aBundle("r-first", { tag: "v1", commit: "abcdefabcdef" });

describe("of a checkout that is to be deployed is told", () => {
  it("that it holds changes, with the first of them", () => {
    const changes = ["version.txt", "report.html", "audit.csv", "a", "b"];
    const request = aRequest("v1", { commit, dirty: true, changes });
    expect(checkoutFindings(request, [])).toEqual([
      {
        severity: "warn",
        code: "checkout-dirty",
        message:
          "the checkout of v1 holds changes that commit 1234567 does not have: version.txt, report.html, audit.csv and more",
        // Not git stash: what a container writes below the checkout would be gone from under it.
        hint: "git status shows them; commit them, or name in .gitignore what containers write: what is built now cannot be built again",
      },
    ]);
    expect(checkoutFindings(aRequest("v1", { commit: null, dirty: true }), [])).toEqual([]);
  });

  it("that its tag was another commit, and how that one is named", () => {
    const again = { ...first, id: "r-again", createdAt: "2026-02-01T00:00:00.000Z" };
    expect(checkoutFindings(aRequest("v1", { commit }), [first, again])).toEqual([
      {
        severity: "warn",
        code: "tag-moved",
        message: "v1 is commit 1234567 now; release r-again, which is stored as v1 here, is of commit abcdefa",
        hint: "to go back to that one, name it by its id: sluice rollback r-again",
      },
    ]);
    expect(checkoutFindings(aRequest("v2", { commit }), [first])).toEqual([]);
    expect(checkoutFindings(aRequest("v1", { commit: "abcdefabcdef" }), [first])).toEqual([]);
    expect(checkoutFindings(aRequest("v1", { commit }), [{ ...first, commit: null }])).toEqual([]);
  });
});

describe("of a stored release is told", () => {
  it("that it was built with changes, and that another bears its tag", () => {
    const dirty = { ...first, id: "r-dirty", dirty: true as const };
    expect(storedFindings(first, [first, aBundle("r-other", { tag: "v2" })])).toEqual([]);
    expect(storedFindings(dirty, [dirty]).map(({ severity, code }) => `${severity} ${code}`)).toEqual([
      "info release-dirty",
    ]);
    expect(storedFindings(first, [first, dirty])).toEqual([
      {
        severity: "info",
        code: "tag-shared",
        message:
          "two releases are stored as v1: this is r-first, of commit abcdefa; r-dirty is of commit abcdefa with uncommitted changes",
        hint: "to go to the other one, name it by its id: sluice rollback r-dirty",
      },
    ]);
  });
});

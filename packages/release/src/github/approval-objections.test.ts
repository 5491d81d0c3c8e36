import { describe, expect, it } from "vitest";
import { approvalObjections } from "./approval-objections.ts";
import type { Approvals } from "./read-approvals.ts";

const none: Approvals = { environment: [], pulls: [], direct: [], unasked: 0 };
const pull = (...approvedBy: readonly string[]) => ({ number: 7, title: "t", author: "ada", approvedBy });
const review = (by: string, state = "approved", environment = "production") => ({
  by,
  state,
  comment: "",
  environments: [environment],
});
const rule = (needed: number) => ({ needed, environment: "production", startedBy: ["linus"] });

describe("a release is approved", () => {
  it.each([
    ["when it brings nothing", none, 1],
    ["by one who is not its author", { ...none, pulls: [pull("ada", "grace")] }, 1],
    ["by two", { ...none, pulls: [pull("grace", "barbara")] }, 2],
    [
      "by reviewers of the environment, whatever it brings",
      { environment: [review("grace")], pulls: [pull()], direct: ["c"], unasked: 9, incomparable: "c0ffee00" },
      1,
    ],
  ] as const)("%s", (_, approvals, needed) => {
    expect(approvalObjections(approvals, rule(needed))).toEqual([]);
  });

  it.each([
    ["by its author alone", { ...none, pulls: [pull("ada")] }, 1, /#7 by ada is approved by 0 of 1 others/],
    ["by too few", { ...none, pulls: [pull("grace")] }, 2, /1 of 2/],
    ["by one who refused it", { ...none, environment: [review("grace", "rejected")], pulls: [pull()] }, 1, /#7/],
    ["twice by the same person", { ...none, environment: [review("g"), review("g")], pulls: [pull()] }, 2, /#7/],
    ["where a commit was pushed by hand", { ...none, direct: ["c0ffee00", "b"] }, 1, /commit c0ffee0 and 1 more/],
    [
      "where it could not be compared with what serves",
      { ...none, incomparable: "c0ffee00" },
      1,
      /^GitHub cannot compare it with what serves, commit c0ffee0, .* by reviewers of production$/,
    ],
    ["where it was not asked what brought some", { ...none, unasked: 20 }, 1, /^20 commits are too many to ask/],
  ] as const)("not %s", (_, approvals, needed, reason) => {
    expect(approvalObjections(approvals, rule(needed))).toEqual([expect.stringMatching(reason)]);
  });

  it("not by reviewers of another environment of the run, and not by who started it, which is said", () => {
    const environment = [review("grace", "approved", "staging"), review("Linus")];
    expect(approvalObjections({ ...none, environment, pulls: [pull()] }, rule(1))).toEqual([
      "#7 by ada is approved by 0 of 1 others",
      "grace approved staging, and not production",
      "Linus, who approved production, started the run",
    ]);
  });

  it("by reviewers of the environment whatever the case of its name: GitHub makes no difference", () => {
    const environment = [review("grace", "approved", "Production")];
    expect(approvalObjections({ ...none, environment, pulls: [pull()] }, rule(1))).toEqual([]);
  });
});

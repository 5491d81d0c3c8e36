import { describe, expect, it } from "vitest";
import type { StateChange } from "../deployer-views.ts";
import { compareAnchors } from "./anchors.ts";

const at = (hour: number) => `2026-05-01T${String(hour).padStart(2, "0")}:00:00Z`;
const held = (seq: number, hash: string, hour: number) => ({ seq, hash, deployment: `d${hour}`, at: at(hour) });
const records = ["rebuilt", "b", "c"].map((hash, index) => ({ seq: index + 1, hash }));
const renewal: StateChange = {
  v: 1,
  seq: 1,
  at: "2026-05-01T12:00:00.000Z",
  previous: "",
  hash: "rebuilt",
  type: "state-rebuilt",
  actor: "ada",
  reason: "disk died",
  previousHome: null,
};

describe("ends of the record that GitHub holds", () => {
  it("of before the state was rebuilt are told as lost, once, with who did it", () => {
    const all = [held(2, "b", 13), held(3, "x", 11), held(57, "y", 10)];
    expect(compareAnchors(all, records, renewal)).toEqual({
      anchors: 3,
      problems: [],
      lost: { anchors: 2, by: renewal },
    });
  });

  it("of after it are to fit as ever", () => {
    const all = [held(9, "z", 15), held(3, "x", 14), held(2, "b", 13)];
    expect(compareAnchors(all, records, renewal)).toEqual({
      anchors: 3,
      problems: [
        "record 9 is missing: d15 on GitHub holds another",
        "record 3 was rewritten: d14 on GitHub holds another",
      ],
      lost: null,
    });
  });

  it("are judged by GitHub's clock, which may be minutes ahead of this machine's", () => {
    const soon = { ...held(57, "y", 12), at: "2026-05-01T12:04:00Z" };
    expect(compareAnchors([soon], records, renewal)).toMatchObject({ problems: [], lost: { anchors: 1 } });
    const late = { ...soon, at: "2026-05-01T12:30:00Z" };
    expect(compareAnchors([late], records, renewal)).toMatchObject({ problems: [expect.any(String)], lost: null });
  });

  it("are of after it where an earlier one is, whatever the clocks say", () => {
    const all = [held(9, "z", 11), held(1, "rebuilt", 10), held(57, "y", 9)];
    expect(compareAnchors(all, records, renewal)).toMatchObject({
      problems: ["record 9 is missing: d11 on GitHub holds another"],
      lost: { anchors: 1 },
    });
  });

  it("are all to fit where it never was", () => {
    expect(compareAnchors([held(3, "x", 1)], records, undefined).problems).toHaveLength(1);
    expect(compareAnchors([held(1, "rebuilt", 1)], records, renewal).lost).toBeNull();
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { GithubRelease } from "./release-from.ts";
import { chooseRollback, rollbackRelease, rollbackTag, rolledBackTo } from "./rollback-release.ts";

const release = (tag: string, over: Partial<GithubRelease> = {}): GithubRelease => ({
  id: 1,
  tag,
  title: tag,
  notes: "",
  isDraft: false,
  isPrerelease: false,
  isImmutable: false,
  publishedAt: "2026-05-01T10:00:00Z",
  author: "ada",
  url: `https://github.com/acme/shop/releases/tag/${tag}`,
  uploadUrl: "",
  assets: [],
  ...over,
});
const chosen = (tags: readonly string[], wanted?: string, latest = tags[0] ?? "") => {
  const { from, to } = chooseRollback(
    tags.map((tag) => release(tag)),
    release(latest),
    wanted,
  );
  return [from.tag, to.tag];
};

function chosenOrNone(tags: readonly string[]): string | undefined {
  try {
    return chosen(tags)[1];
  } catch {
    return undefined;
  }
}

describe("the tag of a rollback", () => {
  it.each([
    ["v1.4.1", [], "v1.4.1-rollback.1"],
    ["v1.4.1", ["v1.4.1-rollback.1", "v1.4.1-rollback.3", "v1.4.0-rollback.9"], "v1.4.1-rollback.4"],
    ["v1.4.1-rollback.2", ["v1.4.1", "v1.4.1-rollback.2"], "v1.4.1-rollback.3"],
  ])("of %s beside %j is free", (tag, taken, expected) => {
    expect(rollbackTag(tag, taken)).toBe(expected);
  });
});

describe("what a rollback goes back to", () => {
  it("is the full release before the newest", () => {
    expect(chosen(["v1.5.0", "v1.4.1", "v1.4.0"])).toEqual(["v1.5.0", "v1.4.1"]);
    const drafts = [release("v2", { isDraft: true }), release("v1.5.0"), release("v1.5.0-rc", { isPrerelease: true })];
    expect(() => chooseRollback(drafts, release("v1.5.0"))).toThrow(
      expect.objectContaining({ code: "NOTHING_TO_ROLL_BACK" }),
    );
  });

  it("is never the release that a rollback has just left", () => {
    expect(chosen(["v1.4.1-rollback.1", "v1.5.0", "v1.4.1", "v1.4.0"])).toEqual(["v1.4.1-rollback.1", "v1.4.0"]);
  });

  it("is not the release that was left before the newest came", () => {
    expect(chosen(["v1.4", "v1.2-rollback.1", "v1.3", "v1.2"])).toEqual(["v1.4", "v1.2"]);
  });

  it("is below one that was left and named again", () => {
    expect(chosen(["v1.3-rollback.1", "v1.2-rollback.1", "v1.3", "v1.2"])).toEqual(["v1.3-rollback.1", "v1.2"]);
  });

  it("is left for an older one that was promoted after it, and then serves", () => {
    expect(chosen(["v1.9", "v2.0", "v1.8"], undefined, "v2.0")).toEqual(["v2.0", "v1.9"]);
  });

  it("is a rollback where the release it went back to is deleted", () => {
    expect(chosen(["v1.4", "v1.2-rollback.1", "v1.3"])).toEqual(["v1.4", "v1.2-rollback.1"]);
  });

  it("is, again and again, the last that was not left before, and none below the first", () => {
    const asked = fc.array(fc.boolean(), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(asked, (steps) => {
        const history = ["v0"];
        const left = new Set<string>();
        const went: (string | undefined)[] = [];
        const good: (string | undefined)[] = [];
        for (const [at, goesBack] of steps.entries()) {
          const [from = "", to] = history.filter((tag) => rolledBackTo(tag) === tag && !left.has(tag));
          if (goesBack) {
            went.push(chosenOrNone(history));
            good.push(to);
          }
          if (goesBack && to !== undefined) left.add(from);
          history.unshift(goesBack ? rollbackTag(to ?? from, history) : `v${at + 1}`);
        }
        expect(went).toEqual(good);
      }),
    );
  });

  it("is the one that is named", () => {
    expect(chosen(["v1.5.0", "v1.4.1", "v1.4.0"], "v1.4.0")).toEqual(["v1.5.0", "v1.4.0"]);
    expect(chosen(["v1.5.0", "v1.4.1-rollback.1", "v1.4.1"], "v1.4.1-rollback.1")).toEqual(["v1.5.0", "v1.4.1"]);
    expect(() => chosen(["v1.5.0"], "v9")).toThrow(expect.objectContaining({ code: "RELEASE_UNKNOWN" }));
    expect(() => chosen(["v1.5.0", "v1.4.1"], "v1.5.0")).toThrow(
      expect.objectContaining({ code: "NOTHING_TO_ROLL_BACK" }),
    );
  });
});

it("a rollback is a release of its own on the earlier commit, and says what and why", () => {
  const choice = { from: release("v1.5.0"), to: release("v1.4.1") };
  const facts = {
    commit: "c".repeat(40),
    reason: "orders fail, ask @grace",
    actor: "ada",
    taken: ["v1.5.0", "v1.4.1"],
  };
  const made = rollbackRelease(choice, facts);
  expect(made).toMatchObject({ tag: "v1.4.1-rollback.1", target: facts.commit });
  expect(made.notes).toContain("from **v1.5.0** to **v1.4.1**");
  expect(made.notes).toContain("orders fail, ask @\u200bgrace");
});

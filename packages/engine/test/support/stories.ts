import type { RecoveryChoice } from "@sluice/core";
import fc from "fast-check";
import { type Release, releases } from "./releases.ts";

type Next = Exclude<RecoveryChoice, "go-back"> | "recover" | "rollback" | "deploy v1" | "deploy v2";

/** One release follows another, or is gone back from, and something goes wrong before one of the effects of that. */
export interface Story {
  readonly v1: Release;
  readonly v2: Release;
  /** v2 is live, and v1 is gone back to. Else v2 is deployed. */
  readonly goesBack: boolean;
  readonly wrong: "killed" | "killed twice" | "error" | "error and killed" | "doors down" | "engine crash";
  /** Before which effect it goes wrong, of those that can; where there are fewer nothing does. */
  readonly at: number;
  /** The same of the second kill, from the first or the error on. */
  readonly again: number;
  readonly next: Next;
}

export const stories: fc.Arbitrary<Story> = fc
  .record({
    v1: releases,
    v2: releases,
    goesBack: fc.boolean(),
    wrong: fc.constantFrom("killed", "killed twice", "error", "error and killed", "doors down", "engine crash"),
    at: fc.integer({ min: 1, max: 90 }),
    again: fc.integer({ min: 1, max: 30 }),
    next: fc.constantFrom("recover", "undo", "finish", "undo-or-finish", "rollback", "deploy v1", "deploy v2"),
  })
  .map((story) => (story.goesBack ? { ...story, v2: comingInAs(story.v1, story.v2) } : story));

/** A rollback leaves proxies that may be the way in, and doors beside them, as they are: so they are the same in both. */
function comingInAs(v1: Release, v2: Release): Release {
  return {
    ...v2,
    shop: { ...v2.shop, ports: v1.shop.ports },
    proxy: v1.proxy === null ? null : (v2.proxy ?? v1.proxy),
  };
}

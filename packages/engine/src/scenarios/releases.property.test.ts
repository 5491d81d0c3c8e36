import fc from "fast-check";
import { expect, it } from "vitest";
import { problemsIn } from "../../test/support/play-story.ts";
import { stories } from "../../test/support/stories.ts";

/** The same few each time. More, and others: `PROPERTY_RUNS=20000 vitest run unit src/releases.property`. */
const runs = process.env["PROPERTY_RUNS"];
const parameters = runs === undefined ? { numRuns: 40, seed: 1 } : { numRuns: Number(runs) };

it("whatever goes wrong between two releases, what is there in the end is what the one that serves is made of", {
  timeout: 60_000 + Number(runs ?? 0) * 1_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(stories, async (story) => {
      expect(await problemsIn(story)).toEqual([]);
    }),
    parameters,
  );
});

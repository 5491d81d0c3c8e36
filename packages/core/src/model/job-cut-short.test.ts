import { expect, it } from "vitest";
import { jobCutShort } from "./job-cut-short.ts";

const job = { job: "migrate", tag: "v4", database: "db" };

it("a migration that was ended in the middle is told with what was seen of it", () => {
  expect(jobCutShort(job, { left: "half of the schema is changed", hint: "look" })).toEqual({
    severity: "warn",
    code: "job-cut-short",
    message: "job migrate of v4 was stopped before it had ended: half of the schema is changed",
    hint: "look",
    service: "migrate",
  });
});

it("one that nobody has looked after may have left something", () => {
  const message =
    "job migrate of v4 was stopped before it had ended: what it had changed of db by then may be there still";
  expect(jobCutShort(job, { hint: "look" })).toMatchObject({ message });
});

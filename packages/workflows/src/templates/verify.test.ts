import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { layouts } from "../../test/layouts.ts";
import { factsOf } from "../../test/support/facts-of.ts";
import { usualMinutes } from "../job-minutes.ts";
import { verifyWorkflow } from "./verify.ts";

interface Job {
  readonly "timeout-minutes": number;
  readonly steps: readonly { readonly run?: string; readonly "timeout-minutes"?: number }[];
}

const written = (verify: number) => {
  const minutes = { ...usualMinutes, verify };
  const { text } = verifyWorkflow({ ...factsOf(layouts["no workflow yet"]), minutes });
  return parse(text) as { readonly concurrency: object; readonly jobs: { readonly verify: Job } };
};

describe("the workflow that verifies", () => {
  it("tells people where a command hangs: a step that takes too long has failed, a job is cancelled and tells nobody", () => {
    for (const minutes of [10, 240]) {
      const { steps, "timeout-minutes": jobMinutes } = written(minutes).jobs.verify;
      const limits = steps.map((step) => step["timeout-minutes"] ?? Number.POSITIVE_INFINITY);
      expect(jobMinutes).toBeGreaterThan(limits.reduce((sum, limit) => sum + limit, 0));
      expect(steps.find(({ run }) => run === "exec sluice verify")).toMatchObject({ "timeout-minutes": minutes });
    }
  });

  it("is not cut off by the next run, however long its checks take", () => {
    expect(written(10).concurrency).toMatchObject({ "cancel-in-progress": false });
  });
});

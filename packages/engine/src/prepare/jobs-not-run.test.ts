import { aProject, aService } from "@sluice/core/testing";
import { describe, expect, it } from "vitest";
import { jobsNotRun, jobsTakenBack } from "./jobs-not-run.ts";

const services = [aService("web"), aService("db", { role: "data" }), aService("migrate", { role: "job" })];
const found = (over: Partial<Parameters<typeof jobsNotRun>[0]>, base: object, model = aProject({ services }).model) =>
  jobsNotRun(
    { tag: "v1", services, ...over },
    model,
    { base: base as Parameters<typeof jobsNotRun>[2]["base"] },
    { steps: [] },
  );

describe("going back to a release that was live", () => {
  it("tells that its jobs do not run where its data is not there", () => {
    expect(found({}, {})).toMatchObject([
      {
        severity: "warn",
        code: "jobs-not-run",
        message: expect.stringMatching(/^migrate will not run: v1 was live before, .*; db is made anew here$/),
        hint: expect.stringContaining("sluice db restore"),
      },
    ]);
    expect(found({}, { db: { containers: [] } })).toHaveLength(1);
  });

  it("has nothing to tell where its data is there, also stopped, or without jobs or data", () => {
    expect(found({}, { db: { containers: [{ state: "exited" }] } })).toEqual([]);
    expect(found({}, {}, aProject({ services, volumes: { db: "data" } }).model)).toEqual([]);
    expect(found({ services: services.slice(0, 2) }, {})).toEqual([]);
    expect(found({ services: [aService("web"), aService("migrate", { role: "job" })] }, {})).toEqual([]);
  });
});

describe("a release that was live, and whose work on the data was taken away", () => {
  const told = (fate: Parameters<typeof jobsTakenBack>[1], steps: readonly object[] = []) =>
    jobsTakenBack({ tag: "v1", services }, fate, { steps } as Parameters<typeof jobsTakenBack>[2]);

  it("is told where its jobs do not run, with what runs them", () => {
    for (const fate of ["away", "unsure"] as const)
      expect(told(fate)).toMatchObject([
        { severity: "warn", code: "jobs-not-run", hint: expect.stringContaining("sluice db migrate v1") },
      ]);
    expect(told("unsure")[0]?.message).toContain("is not known");
  });

  it("is not told where they run, or where it is there for all that is known", () => {
    expect(told("away", [{ kind: "job" }])).toEqual([]);
    expect([...told("there"), ...told("unknown")]).toEqual([]);
  });
});

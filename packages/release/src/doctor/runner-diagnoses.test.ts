import { describe, expect, it } from "vitest";
import { type RunnerFacts, type RunnerUse, runnerDiagnoses, takesJobsOf } from "./runner-diagnoses.ts";

const aRunner = (over: Partial<RunnerFacts> = {}): RunnerFacts => ({
  directory: "/opt/actions-runner",
  isRegistered: true,
  place: "acme/shop",
  unit: "actions.runner.shop.service",
  isActive: true,
  isEnabled: true,
  user: "deploy",
  canUseEngine: true,
  workFreeBytes: 53_687_091_200,
  ...over,
});
const codes = (runners: readonly RunnerFacts[], use: Partial<RunnerUse> = {}) =>
  runnerDiagnoses(runners, { repository: "acme/shop", isJob: false, ...use }).map(
    ({ severity, code }) => `${severity} ${code}`,
  );
const stopped = { isActive: false };

describe("runners on one machine", () => {
  it("are judged where jobs of the repository may come to them", () => {
    expect(codes([aRunner({ ...stopped, place: "acme" })])).toEqual(["error runner-stopped"]);
    expect(codes([aRunner({ ...stopped, place: "enterprises/big" })])).toEqual(["error runner-stopped"]);
    expect(codes([aRunner({ ...stopped, place: "acme/blog" }), aRunner()])).toEqual([]);
    expect(codes([aRunner({ ...stopped, place: "acme/blog" })], { repository: null })).toEqual([
      "error runner-stopped",
    ]);
  });

  it("that are registered nowhere keep a release waiting only where there is no other", () => {
    const left = aRunner({ isRegistered: false, place: null, unit: null });
    expect(codes([left])).toEqual(["error runner-unregistered"]);
    expect(codes([left, aRunner({ place: "acme/blog" })])).toEqual(["error runner-unregistered"]);
    expect(codes([left, aRunner()])).toEqual(["note runner-unregistered"]);
    expect(codes([left], { isJob: true })).toEqual(["note runner-unregistered"]);
  });

  it("take jobs of a repository, whatever case it is written in", () => {
    expect(takesJobsOf("acme/shop", "Acme/Shop")).toBe(true);
    expect(takesJobsOf("acm", "acme/shop")).toBe(false);
  });
});

import { describe, expect, it } from "vitest";
import { aRunner, look } from "../../test/support/healthy-machine.ts";
import { takesJobsOf } from "./runner-registration.ts";

const codes = (...call: Parameters<typeof look.runners>) =>
  look.runners(...call).map(({ severity, code }) => `${severity} ${code}`);
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

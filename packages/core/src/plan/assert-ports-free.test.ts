import { describe, expect, it } from "vitest";
import { aService } from "../testing/a-service.ts";
import { assertPortsFree } from "./assert-ports-free.ts";

const web = (name: string, published: number, change = {}, hostIp = "") =>
  aService(name, { ports: [{ published, target: 3000, protocol: "tcp", hostIp }], ...change });

describe("a release whose door wants the port of another door", () => {
  it.each([
    ["that swaps it", [web("app", 80), web("api", 81)], [web("app", 81), web("api", 80)]],
    ["that moves away with it", [web("app", 80), web("api", 81)], [web("app", 81), web("api", 82)]],
    ["that goes, where its own was there before", [web("app", 80), web("api", 81)], [web("app", 81)]],
    ["that stays, where it is new", [web("app", 80)], [web("app", 81), web("api", 80)]],
  ])("%s is refused", (_title, before, after) => {
    expect(() => assertPortsFree(before, after, "v2")).toThrowError(
      expect.objectContaining({
        code: "RELEASE_REFUSED",
        exitCode: 10,
        message: expect.stringMatching(/^(app|api) is to publish port \d+ in v2, which the door of (app|api) has/),
        hint: expect.stringMatching(/^do it in two releases: /),
      }),
    );
  });

  it.each([
    ["whose place it takes", [web("app", 80)], [web("shop", 80)]],
    [
      "at another address",
      [web("app", 80, {}, "10.0.0.1")],
      [web("app", 80, {}, "10.0.0.1"), web("api", 80, {}, "10.0.0.2")],
    ],
    [
      "of the other kind of addresses",
      [web("app", 80, {}, "0.0.0.0"), web("api", 81, {}, "0.0.0.0")],
      [web("app", 81, {}, "[::]"), web("api", 80, {}, "::")],
    ],
    ["that is no door", [web("app", 80, { strategy: "recreate" })], [web("app", 81), web("api", 80)]],
    ["of which the engine chooses the port", [web("app", 0)], [web("app", 0), web("api", 0)]],
    ["on a port of its own", [web("app", 80), web("api", 81)], [web("app", 82), web("api", 81)]],
  ])("%s is not", (_title, before, after) => {
    expect(() => assertPortsFree(before, after, "v2")).not.toThrow();
  });
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { parseSample } from "./parse-sample.ts";

test("a user's request", () => {
  expect(parseSample("1795547417142 green2 404 12 ---- 4652 - GET /a/b")).toEqual({
    at: 1795547417142,
    slot: "green",
    status: 404,
    totalMs: 12,
    method: "GET",
    path: "/a/b",
    bucket: 4652,
    probe: false,
    termination: "----",
  });
});

test("a probe, a request that the door answered, and one that was none", () => {
  expect(parseSample("1 green1 200 3 ---- - green GET /")).toMatchObject({ slot: "green", bucket: -1, probe: true });
  expect(parseSample("1 <NOSRV> 503 0 PR-- - - POST /x")).toMatchObject({ slot: null, status: 503, probe: false });
  expect(parseSample("1 <NOSRV> 400 -1 CR-- - - <BADREQ> <BADREQ>")).toMatchObject({ slot: null, totalMs: 0 });
  expect(parseSample("1 <NOSRV> -1 5 CR-- 12 - GET /")).toMatchObject({ status: 0, bucket: 12 });
});

test("a TCP connection", () => {
  expect(parseSample("1 blue1 0 1500 ---- 77 - TCP -")).toMatchObject({
    slot: "blue",
    status: 0,
    totalMs: 1500,
    method: "TCP",
    path: "-",
  });
});

test("anything else is no sample, and nothing throws", () => {
  for (const line of ["", "Unknown command", "1795547417142 green2 404"]) expect(parseSample(line)).toBeNull();
  fc.assert(fc.property(fc.string(), (line) => parseSample(line) === null || line.length > 0));
});

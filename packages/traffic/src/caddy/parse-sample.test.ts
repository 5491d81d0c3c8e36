import { expect, test } from "vitest";
import { parseSample } from "./parse-sample.ts";

const line = (fields: object) =>
  JSON.stringify({
    ts: 1_795_790_000_123.4,
    request: { method: "GET", uri: "/a" },
    duration: 12.6,
    status: 200,
    ...fields,
  });

test("a line is a sample", () => {
  expect(parseSample(line({ slot: "blue", bucket: "0042" }))).toEqual({
    at: 1_795_790_000_123,
    slot: "blue",
    status: 200,
    totalMs: 13,
    method: "GET",
    path: "/a",
    bucket: 42,
    probe: false,
    termination: "----",
  });
});

test("a client that has a name in the place of a bucket is the same one each time", () => {
  const bucketOf = (name: string) => parseSample(line({ slot: "green", name }))?.bucket;
  expect(bucketOf("deadbeef")).toBe(0xde_ad_be_ef % 10_000);
  expect(bucketOf("deadbeef")).toBe(bucketOf("deadbeef"));
  expect(bucketOf("00000001")).toBe(1);
});

test("a probe has no bucket, and an answer of the door itself no slot", () => {
  expect(parseSample(line({ slot: "green", probe: "green", bucket: "7" }))).toMatchObject({ bucket: -1, probe: true });
  expect(parseSample(line({ slot: "", status: 503, bucket: "7" }))).toMatchObject({
    slot: null,
    status: 503,
    bucket: 7,
  });
});

test.each([{ duration: "12" }, { duration: undefined }, { status: null }])("a line with %j is none", (fields) => {
  expect(parseSample(line(fields))).toBeNull();
});

test.each(["", "{", "null", "[]", '{"ts":1}', '{"level":"info","ts":1795790000123,"msg":"started"}'])(
  "%j is none",
  (text) => {
    expect(parseSample(text)).toBeNull();
  },
);

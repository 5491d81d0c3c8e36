import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { judgePrometheus } from "./judge-prometheus.ts";
import { readPrometheusAnswer } from "./read-answer.ts";

const success = (data: unknown) => JSON.stringify({ status: "success", data });
const vector = (...values: readonly string[]) =>
  success({ resultType: "vector", result: values.map((value, at) => ({ metric: { at }, value: [1, value] })) });
const judged = (body: string, status = 200) => judgePrometheus({ min: 0.99 }, readPrometheusAnswer(status, body));

describe("an answer of Prometheus", () => {
  it("passes where every sample is within the limits, and fails where one is not", () => {
    expect(judged(vector("0.997"))).toEqual({ result: "pass", value: "0.997{at=0}", limit: ">= 0.99", n: 1 });
    expect(judged(vector("1", "0.5"))).toMatchObject({ result: "fail", value: "0.5{at=1}", n: 2 });
    expect(judged(success({ resultType: "scalar", result: [1, "1"] }))).toMatchObject({ result: "pass", value: "1" });
    expect(judged(vector("+Inf"))).toMatchObject({ result: "pass" });
    expect(judged(vector("-Inf"))).toMatchObject({ result: "fail" });
  });

  it.each([
    ["an empty vector", vector(), "the query gives no sample"],
    ["no JSON", "<html>", "status 200, and no JSON object"],
    ["a cut answer", vector("1").slice(0, -5), "status 200, and no JSON object"],
    [
      "a matrix",
      success({ resultType: "matrix", result: [] }),
      "the query gives a matrix, expected a vector or a scalar",
    ],
    ["a sample without a value", success({ resultType: "vector", result: [{}] }), "a sample without a value"],
  ])("has no data for %s", (_what, body, detail) => {
    expect(judged(body)).toMatchObject({ result: "no-data", detail });
  });

  it("has no data for a value that is no number, and with what the server says of an error", () => {
    expect(judged(vector("NaN", "1"))).toMatchObject({ result: "no-data", value: "NaN{at=0}" });
    expect(judged(vector("NaN", "0.1")).result).toBe("fail");
    const error = JSON.stringify({ status: "error", errorType: "bad_data", error: "parse error" });
    expect(judged(error, 400)).toMatchObject({ result: "no-data", detail: "status 400, bad_data: parse error" });
    expect(judged(vector("1"), 503)).toMatchObject({ result: "no-data", detail: "status 503" });
  });

  it("is never a pass without a sample within the limits, whatever comes", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), fc.integer({ min: 100, max: 599 }), (body, status) => {
        return judged(body, status).result === "no-data";
      }),
    );
    fc.assert(fc.property(fc.jsonValue(), (data) => judged(success(data)).result === "no-data"));
  });
});

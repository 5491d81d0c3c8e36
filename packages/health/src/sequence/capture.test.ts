import type { Capture } from "@sluice/core";
import fc from "fast-check";
import { expect, it } from "vitest";
import type { HttpAnswer } from "../http/exchange.ts";
import { captureFrom } from "./capture.ts";

const answer: HttpAnswer = {
  status: 200,
  headers: { "x-id": "7", "set-cookie": ["a=1; Path=/", "session = x=y ; Secure"] },
  body: '{"id": 12, "ok": true, "none": null, "list": [1], "csrf": "value=\\"abc\\""}',
  complete: true,
};

const from = (kind: Capture["from"], at: string, body = answer.body) =>
  captureFrom({ ...answer, body }, { from: kind, at, secret: true });

it.each([
  ["json", "$.id", "12"],
  ["json", "$.ok", "true"],
  ["json", "$.list", "[1]"],
  ["json", "$.none", undefined],
  ["json", "$.other", undefined],
  ["header", "X-Id", "7"],
  ["header", "X-Other", undefined],
  ["cookie", "a", "1"],
  ["cookie", "b", undefined],
  ["regex", '"id": (\\d+)', "12"],
  ["regex", "tr.e", "true"],
  ["regex", "(nothing)", undefined],
  ["regex", '"ok": (true)|(?:x)(y)', "true"],
] as const)("%s %s is %s", (kind, at, value) => {
  expect(from(kind, at).value).toBe(value);
});

it("never throws, and says why there is nothing", () => {
  const kinds = fc.constantFrom("json", "header", "cookie", "regex");
  fc.assert(
    fc.property(kinds, fc.string(), fc.string(), (kind, at, body) => {
      const { value, reason } = from(kind, at, body);
      expect(value === undefined).toBe(reason !== undefined);
    }),
  );
});

it("takes a pattern in linear time that others take for ever with", () => {
  expect(from("regex", "^(a+)+$", `${"a".repeat(5_000)}b`).value).toBeUndefined();
});

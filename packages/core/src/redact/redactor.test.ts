import { Buffer } from "node:buffer";
import fc from "fast-check";
import { expect, it } from "vitest";
import { createRedactor, redactDeep } from "./redactor.ts";

it("masks a value as it is, URL-encoded, in JSON and in base64", () => {
  const secret = 'p@ss "wörd"/1';
  const redact = createRedactor([secret]);
  const forms = [secret, encodeURIComponent(secret), JSON.stringify(secret), Buffer.from(secret).toString("base64")];
  for (const form of forms) expect(redact(`before ${form} after`)).toMatch(/^before "?\[redacted\]"? after$/);
});

it("masks the longest of values that contain each other", () => {
  expect(createRedactor(["secret", "secret-and-more"])("x secret-and-more y")).toBe("x [redacted] y");
});

it("leaves values of up to three characters alone", () => {
  expect(createRedactor(["", "abc"])("abc and nothing")).toBe("abc and nothing");
});

it("no masked text holds a secret, whatever the secret is", () => {
  const text = fc.string({ maxLength: 40, unit: "grapheme" });
  fc.assert(
    fc.property(fc.string({ minLength: 4, maxLength: 30, unit: "grapheme" }), text, text, (secret, before, after) => {
      fc.pre(!"[redacted]".includes(secret));
      const encoded = Buffer.from(secret).toString("base64");
      const masked = createRedactor([secret])(`${before}${secret}${after} ${encoded}`);
      expect(masked.replaceAll("[redacted]", "\u0000")).not.toContain(secret);
      expect(masked.replaceAll("[redacted]", "\u0000")).not.toContain(encoded);
    }),
  );
});

it("masks strings anywhere in plain data", () => {
  const redact = createRedactor(["hunter22"]);
  expect(redactDeep({ a: ["hunter22", 1], b: { c: "x hunter22" } }, redact)).toEqual({
    a: ["[redacted]", 1],
    b: { c: "x [redacted]" },
  });
});

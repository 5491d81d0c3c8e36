import { createRedactor, SluiceError, type Verdict } from "@sluice/core";
import { expect, it } from "vitest";
import { withMaskedResults } from "./masked-results.ts";

const secret = "cnry-q7Zk31";
const verdict: Verdict = {
  check: "GET /",
  result: "fail",
  value: `exit code 1 of ${secret}`,
  limit: "status 200",
  n: 1,
  detail: `status 500, body "${secret}"`,
};
const target = {
  verify: async () => [verdict],
  doctor: async () => ({ diagnoses: [{ code: "fail", what: `to ${secret}`, why: secret, mend: `not ${secret}` }] }),
  done: async () => ({ what: "fail", reason: "fail" }),
  damaged: async () => ({ damaged: [new SluiceError("BACKUP_INVALID", `no ${secret}`)] }),
  inspect: async () => ({ config: { checks: [{ value: secret }] }, services: [{ reason: `its command: ${secret}` }] }),
  workflows: async () => ({ files: [{ text: secret }] }),
  status: async () => ({ slot: "blue", state: "fail", last: null, at: new Date(0), door: { reason: "blue and fail" } }),
  async *records() {
    yield { text: secret };
  },
  name: () => "shop",
  database: { show: async () => ({ cause: { line: [secret] } }) },
};
const masked = withMaskedResults(target, createRedactor([secret, "blue", "fail"]), ["workflows"]);

it("what a method resolves with shows no secret in what was said, nor do errors in it", async () => {
  expect(await masked.verify()).toEqual([
    { ...verdict, value: "exit code 1 of [redacted]", detail: 'status 500, body "[redacted]"' },
  ]);
  expect(await masked.database.show()).toEqual({ cause: { line: ["[redacted]"] } });
  expect(await masked.doctor()).toEqual({
    diagnoses: [{ code: "fail", what: "to [redacted]", why: "[redacted]", mend: "not [redacted]" }],
  });
  const [error] = (await masked.damaged()).damaged;
  expect(error).toMatchObject({ code: "BACKUP_INVALID", message: "no [redacted]" });
});

it("what callers go by stays, whatever a secret is called", async () => {
  expect(await masked.status()).toEqual({
    slot: "blue",
    state: "fail",
    last: null,
    at: new Date(0),
    door: { reason: "[redacted] and [redacted]" },
  });
  expect(await masked.done()).toEqual({ what: "fail", reason: "[redacted]" });
  expect(masked.name()).toBe("shop");
});

it("what the user wrote stays, in the configuration and in files that are written, and so does the record", async () => {
  expect(await masked.inspect()).toEqual({
    config: { checks: [{ value: secret }] },
    services: [{ reason: "its command: [redacted]" }],
  });
  expect(await masked.workflows()).toEqual({ files: [{ text: secret }] });
  const { value } = await masked.records().next();
  expect(value).toEqual({ text: secret });
});
